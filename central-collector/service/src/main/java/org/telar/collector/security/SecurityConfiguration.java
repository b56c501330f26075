package org.telar.collector.security;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/** Everything needs a token, except the health of the process, which says up or down and nothing else. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
    private static final String BEARER = "Bearer ";

    @Bean
    SecurityFilterChain api(HttpSecurity http, ApiTokens tokens) {
        return http.csrf(c -> c.disable())
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(c -> c.disable())
                .logout(l -> l.disable())
                .authorizeHttpRequests(a -> a.requestMatchers("/actuator/health", "/actuator/health/*")
                        .permitAll()
                        .anyRequest()
                        .hasRole("PROGRAM"))
                .exceptionHandling(e -> e.authenticationEntryPoint((request, response, why) -> refuse(response)))
                .addFilterBefore(new BearerFilter(tokens), UsernamePasswordAuthenticationFilter.class)
                .build();
    }

    private static void refuse(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        response.setContentType("application/problem+json");
        response.getWriter()
                .write(
                        "{\"title\":\"Unauthorized\",\"status\":401,\"code\":\"UNAUTHORIZED\",\"detail\":\"A valid token is"
                                + " needed: Authorization: Bearer TOKEN. The first one is in the file api-token of the data"
                                + " folder.\"}");
    }

    /** Not a bean: it belongs to the chain alone. */
    private static final class BearerFilter extends OncePerRequestFilter {
        private final ApiTokens tokens;

        BearerFilter(ApiTokens tokens) {
            this.tokens = tokens;
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            String header = request.getHeader(HttpHeaders.AUTHORIZATION);
            Optional<String> name = header != null && header.startsWith(BEARER)
                    ? tokens.nameOf(header.substring(BEARER.length()).strip())
                    : Optional.empty();
            if (name.isPresent()) {
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                        name.get(), null, List.of(new SimpleGrantedAuthority("ROLE_PROGRAM"))));
                SecurityContextHolder.setContext(context);
            }
            chain.doFilter(request, response);
        }
    }
}
