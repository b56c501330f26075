package org.telar.collector.security;

import java.io.IOException;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ContentCachingRequestWrapper;

/**
 * Records every request that may change something, with its outcome, and whoever reads the audit itself. Requests of
 * nobody are recorded only where nobody may ask (login, activation): the others are refused before they touch anything.
 */
final class AuditFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(AuditFilter.class);
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private final Audit audit;

    AuditFilter(Audit audit) {
        this.audit = audit;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return READS.contains(request.getMethod()) && !request.getRequestURI().startsWith("/api/v1/audit");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ContentCachingRequestWrapper body = new ContentCachingRequestWrapper(request, Redacted.LONGEST);
        Authentication caller = SecurityContextHolder.getContext().getAuthentication();
        int result = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
        try {
            chain.doFilter(body, response);
            result = response.getStatus();
        } finally {
            if (caller != null || SecurityConfiguration.open(request.getRequestURI())) {
                record(body, caller, result);
            }
        }
    }

    private void record(ContentCachingRequestWrapper request, Authentication caller, int result) {
        Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        String type = request.getContentType() == null ? "" : request.getContentType();
        byte[] body = request.getContentAsByteArray();
        boolean whole = body.length < Redacted.LONGEST;
        Audit.Change change = new Audit.Change(
                caller == null ? "" : caller.getName(),
                caller != null && caller.getPrincipal() instanceof Caller c
                        ? c.kind().name()
                        : "NOBODY",
                request.getRemoteAddr(),
                request.getMethod() + " " + (route == null ? request.getRequestURI() : route),
                request.getRequestURI() + (request.getQueryString() == null ? "" : "?" + request.getQueryString()),
                result,
                Redacted.of(type, body, whole));
        try {
            audit.add(change);
        } catch (RuntimeException e) {
            LOG.error("A change could not be written to the audit: {}", change, e);
        }
    }
}
