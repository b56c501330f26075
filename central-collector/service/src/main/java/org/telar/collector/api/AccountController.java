package org.telar.collector.api;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.telar.collector.BadInput;
import org.telar.collector.security.Accounts;
import org.telar.collector.security.BusyException;
import org.telar.collector.security.Caller;
import org.telar.collector.security.Logins;
import org.telar.collector.security.Role;

/** People: one-time codes, logins, accounts and their roles. */
@RestController
@RequestMapping("/api/v1")
class AccountController {
    private final Accounts accounts;
    private final Logins logins;

    record Activation(String code, String name, String password) {}

    record Credentials(String name, String password) {}

    record NewAccount(String name, Set<Role> roles) {}

    record Change(Set<Role> roles, Boolean enabled) {}

    record NewPassword(String current, String password) {}

    AccountController(Accounts accounts, Logins logins) {
        this.accounts = accounts;
        this.logins = logins;
    }

    /** A one-time code becomes an account, or a new password. */
    @PostMapping("/activations")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void activate(@RequestBody Activation activation, HttpServletRequest request) {
        String code = given("code", activation.code());
        String name = given("name", activation.name());
        if (!logins.activate(code, name, given("password", activation.password()), request.getRemoteAddr())) {
            throw problem(HttpStatus.FORBIDDEN, "WRONG_CODE");
        }
    }

    @PostMapping("/logins")
    @ResponseStatus(HttpStatus.CREATED)
    Logins.Login login(@RequestBody Credentials credentials, HttpServletRequest request) {
        return logins.open(
                        given("name", credentials.name()),
                        given("password", credentials.password()),
                        request.getRemoteAddr())
                .orElseThrow(() -> problem(HttpStatus.UNAUTHORIZED, "WRONG_LOGIN"));
    }

    @DeleteMapping("/me/login")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(@RequestHeader(HttpHeaders.AUTHORIZATION) String authorization) {
        logins.close(authorization.substring("Bearer ".length()).strip());
    }

    @GetMapping("/me")
    Caller me(Authentication caller) {
        return (Caller) caller.getPrincipal();
    }

    @PostMapping("/me/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void password(@RequestBody NewPassword request, Authentication caller, HttpServletRequest from) {
        String current = given("current", request.current());
        String password = given("password", request.password());
        if (!logins.changePassword(caller.getName(), current, password, from.getRemoteAddr())) {
            throw problem(HttpStatus.FORBIDDEN, "WRONG_LOGIN");
        }
    }

    @GetMapping("/accounts")
    Page<Accounts.Account> list(
            @RequestParam(defaultValue = "0") int page, @RequestParam(defaultValue = "100") int size) {
        return Page.of(page, size, accounts.count(), accounts::list, a -> a);
    }

    /** Invites: the code in the answer is told once, to be given to the person. */
    @PostMapping("/accounts")
    ResponseEntity<Accounts.Invitation> invite(@RequestBody NewAccount request, Authentication caller) {
        String name = given("name", request.name());
        if (accounts.find(name).isPresent()) {
            throw problem(HttpStatus.CONFLICT, "ACCOUNT_EXISTS", name);
        }
        return ResponseEntity.status(HttpStatus.CREATED)
                .body(accounts.invite(name, given("roles", request.roles()), caller.getName()));
    }

    /** A code for a new password, for one who forgot theirs. */
    @PostMapping("/accounts/{name}/invitation")
    ResponseEntity<Accounts.Invitation> again(@PathVariable String name, Authentication caller) {
        Accounts.Account account = account(name);
        return ResponseEntity.status(HttpStatus.CREATED).body(accounts.invite(name, account.roles(), caller.getName()));
    }

    @PatchMapping("/accounts/{name}")
    Accounts.Account change(@PathVariable String name, @RequestBody Change change) {
        Accounts.Account before = account(name);
        Set<Role> roles = change.roles() == null ? before.roles() : change.roles();
        accounts.change(
                name,
                roles.isEmpty() ? EnumSet.noneOf(Role.class) : EnumSet.copyOf(roles),
                change.enabled() == null ? before.enabled() : change.enabled());
        return account(name);
    }

    @DeleteMapping("/accounts/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String name) {
        account(name);
        accounts.remove(name);
    }

    @ExceptionHandler
    ProblemDetail busy(BusyException e, Locale locale) {
        ProblemDetail detail =
                ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, BadInput.words(locale, "BUSY"));
        detail.setProperty("code", "BUSY");
        return detail;
    }

    private Accounts.Account account(String name) {
        return accounts.find(name).orElseThrow(() -> problem(HttpStatus.NOT_FOUND, "UNKNOWN_ACCOUNT", name));
    }

    private static <T> T given(String field, T value) {
        return Optional.ofNullable(value).orElseThrow(() -> new BadInput("FIELD_EXPECTED", field));
    }

    private static Problem problem(HttpStatus status, String code, Object... arguments) {
        return new Problem(status, new BadInput(code, arguments));
    }
}
