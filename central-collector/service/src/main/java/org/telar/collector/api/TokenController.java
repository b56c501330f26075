package org.telar.collector.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.security.ApiTokens;
import org.telar.collector.security.Caller;
import org.telar.collector.security.Permission;

/** Tokens of programs, read or read and write by case (R10). */
@RestController
@RequestMapping("/api/v1/tokens")
class TokenController {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST_DAYS = 730;
    private final ApiTokens tokens;
    private final Clock clock;

    /** @param days how long it holds; a year when absent */
    record Request(String name, Set<Permission> scopes, Integer days) {}

    /** @param token told once */
    record Made(String name, String token, Set<Permission> scopes, Instant expiresAt) {}

    TokenController(ApiTokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    @GetMapping
    Page<ApiTokens.Token> list(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, tokens.count(), tokens::list, t -> t);
    }

    /** Nobody gives more than they may do themselves. */
    @PostMapping
    ResponseEntity<Made> create(@RequestBody Request request, Authentication authentication) {
        Caller caller = (Caller) authentication.getPrincipal();
        if (request.name() == null || !NAME.matcher(request.name()).matches()) {
            throw new BadInput("TOKEN_NAME");
        }
        if (request.scopes() == null || request.scopes().isEmpty()) {
            throw new BadInput("SCOPES_EXPECTED", Arrays.toString(Permission.values()));
        }
        int days = request.days() == null ? 365 : request.days();
        if (days < 1 || days > LONGEST_DAYS) {
            throw new BadInput("TOKEN_DAYS", LONGEST_DAYS);
        }
        if (!caller.permissions().containsAll(request.scopes())) {
            throw new Problem(HttpStatus.FORBIDDEN, new BadInput("SCOPE_NOT_YOURS", caller.permissions()));
        }
        Instant expires = clock.instant().plus(Duration.ofDays(days));
        String token = tokens.create(
                        request.name(), EnumSet.copyOf(request.scopes()), caller.name(), Optional.of(expires))
                .orElseThrow(() -> new Problem(HttpStatus.CONFLICT, new BadInput("TOKEN_EXISTS", request.name())));
        return ResponseEntity.status(HttpStatus.CREATED)
                .body(new Made(request.name(), token, request.scopes(), expires));
    }

    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void revoke(@PathVariable String name) {
        if (!tokens.revoke(name)) {
            throw new Problem(HttpStatus.NOT_FOUND, new BadInput("UNKNOWN_TOKEN", name));
        }
    }
}
