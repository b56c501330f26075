package org.telar.collector.security;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import org.telar.collector.BadInput;

/**
 * The one place that says which route needs which permission (S03). A GET needs {@link Permission#READ}, everything else
 * {@link Permission#OPERATE}, unless a line here says more.
 */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    private static final String BEARER = "Bearer ";
    private static final String LOGIN = "/api/v1/logins";
    private static final String ACTIVATION = "/api/v1/activations";
    private static final Set<String> OPEN = Set.of(LOGIN, ACTIVATION);

    /** Whether anybody may POST there. */
    static boolean open(String path) {
        return OPEN.contains(path);
    }

    @Bean
    SecurityFilterChain api(HttpSecurity http, ApiTokens tokens, Logins logins, Audit audit) {
        return http.csrf(c -> c.disable())
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(c -> c.disable())
                .logout(l -> l.disable())
                .authorizeHttpRequests(a -> a.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.ASYNC)
                        .permitAll()
                        .requestMatchers("/actuator/health", "/actuator/health/*")
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, LOGIN, ACTIVATION)
                        .permitAll()
                        .requestMatchers("/api/v1/me", "/api/v1/me/**")
                        .authenticated()
                        .requestMatchers(
                                "/api/v1/audit",
                                "/api/v1/audit/**",
                                "/api/v1/reports/audit",
                                "/api/v1/reports/audit/**",
                                "/api/v1/reports/13",
                                "/api/v1/reports/13/**")
                        .hasAuthority(Permission.AUDIT.name())
                        .requestMatchers(
                                "/api/v1/accounts", "/api/v1/accounts/**", "/api/v1/tokens", "/api/v1/tokens/**")
                        .hasAuthority(Permission.ADMIN.name())
                        .requestMatchers(HttpMethod.GET)
                        .hasAuthority(Permission.READ.name())
                        .requestMatchers(
                                "/api/v1/gateways/*/n2pload", "/api/v1/gateways/*/orders", "/api/v1/gateways/*/clock")
                        .hasAuthority(Permission.OPERATE.name())
                        .requestMatchers(
                                "/api/v1/gateways", "/api/v1/gateways/**", "/api/v1/meters", "/api/v1/meters/**")
                        .hasAuthority(Permission.REGISTRY.name())
                        .requestMatchers(
                                "/api/v1/backups",
                                "/api/v1/backups/**",
                                "/api/v1/config/**",
                                "/api/v1/reports/subscriptions",
                                "/api/v1/reports/subscriptions/**")
                        .hasAuthority(Permission.ADMIN.name())
                        .anyRequest()
                        .hasAuthority(Permission.OPERATE.name()))
                .exceptionHandling(e -> e.authenticationEntryPoint((request, response, why) ->
                                refuse(request, response, HttpServletResponse.SC_UNAUTHORIZED, "UNAUTHORIZED"))
                        .accessDeniedHandler((request, response, why) ->
                                refuse(request, response, HttpServletResponse.SC_FORBIDDEN, "FORBIDDEN")))
                .addFilterBefore(new BearerFilter(tokens, logins), UsernamePasswordAuthenticationFilter.class)
                .addFilterAfter(new AuditFilter(audit), BearerFilter.class)
                .build();
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, int status, String code)
            throws IOException {
        response.setStatus(status);
        if (status == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        response.setContentType("application/problem+json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter()
                .write("{\"title\":\"" + (status == HttpServletResponse.SC_FORBIDDEN ? "Forbidden" : "Unauthorized")
                        + "\",\"status\":" + status + ",\"code\":\"" + code + "\",\"detail\":\""
                        + BadInput.words(request.getLocale(), code) + "\"}");
    }

    /** Not a bean: it belongs to the chain alone. */
    private static final class BearerFilter extends OncePerRequestFilter {
        private final ApiTokens tokens;
        private final Logins logins;

        BearerFilter(ApiTokens tokens, Logins logins) {
            this.tokens = tokens;
            this.logins = logins;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            String header = request.getHeader(HttpHeaders.AUTHORIZATION);
            Optional<Caller> caller = header != null && header.startsWith(BEARER)
                    ? caller(header.substring(BEARER.length()).strip())
                    : Optional.empty();
            if (caller.isPresent()) {
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                        caller.get(),
                        null,
                        caller.get().permissions().stream()
                                .map(Permission::authority)
                                .toList()));
                SecurityContextHolder.setContext(context);
            }
            chain.doFilter(request, response);
        }

        private Optional<Caller> caller(String token) {
            if (token.isEmpty() || token.length() > Secrets.LONGEST) {
                return Optional.empty();
            }
            return tokens.caller(token).or(() -> logins.caller(token));
        }
    }
}
