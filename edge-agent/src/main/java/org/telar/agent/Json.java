package org.telar.agent;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small strict JSON reader (RFC 8259) that says line and column of what is wrong. Gives {@code Map}, {@code List},
 * {@code String}, {@code BigDecimal}, {@code Boolean}; null is refused, since no key of ours has a use for it.
 */
final class Json {
    private static final int MAX_DEPTH = 32;

    private final String file;
    private final String text;
    private int at;
    private int depth;

    private Json(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /** @throws ConfigException with file, line, column and what was expected */
    static Map<String, Object> object(String file, String text) throws ConfigException {
        Json json = new Json(file, text);
        json.space();
        if (json.peek() != '{') {
            throw json.bad("an object { ... } expected", "se espera un objeto { ... }");
        }
        Map<String, Object> object = json.object();
        json.space();
        if (json.at < text.length()) {
            throw json.bad(
                    "nothing expected after the closing brace", "no se espera nada después de la llave de cierre");
        }
        return object;
    }

    private Object value() throws ConfigException {
        space();
        char c = peek();
        if (c == '{') {
            return object();
        }
        if (c == '[') {
            return array();
        }
        if (c == '"') {
            return string();
        }
        return word();
    }

    private Map<String, Object> object() throws ConfigException {
        enter();
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        space();
        while (peek() != '}') {
            if (peek() != '"') {
                throw bad("a key in double quotes expected", "se espera una clave entre comillas dobles");
            }
            int keyAt = at;
            String key = string();
            space();
            expect(':');
            if (object.put(key, value()) != null) {
                at = keyAt;
                throw bad("key \"" + key + "\" is given twice", "la clave \"" + key + "\" está dos veces");
            }
            next('}');
        }
        at++;
        depth--;
        return object;
    }

    private List<Object> array() throws ConfigException {
        enter();
        List<Object> array = new ArrayList<>();
        at++;
        space();
        while (peek() != ']') {
            array.add(value());
            next(']');
        }
        at++;
        depth--;
        return array;
    }

    private void enter() throws ConfigException {
        if (++depth > MAX_DEPTH) {
            throw bad("at most " + MAX_DEPTH + " levels expected", "se esperan " + MAX_DEPTH + " niveles como máximo");
        }
    }

    /** After an element: a comma with something behind it, or the end. */
    private void next(char end) throws ConfigException {
        space();
        if (peek() == ',') {
            at++;
            space();
            if (peek() == end) {
                throw bad("another element expected after the comma", "se espera otro elemento después de la coma");
            }
        } else if (peek() != end) {
            throw bad("\",\" or \"" + end + "\" expected", "se espera \",\" o \"" + end + "\"");
        }
    }

    private String string() throws ConfigException {
        StringBuilder s = new StringBuilder();
        at++;
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                at--;
                throw bad(
                        "the closing quote expected on the same line",
                        "se espera la comilla de cierre en la misma línea");
            }
            s.append(c == '\\' ? escaped() : c);
        }
        at++;
        return s.toString();
    }

    private char escaped() throws ConfigException {
        char c = peek();
        at++;
        switch (c) {
            case '"', '\\', '/':
                return c;
            case 'n':
                return '\n';
            case 't':
                return '\t';
            case 'r':
                return '\r';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'u':
                try {
                    at += 4;
                    return (char) Integer.parseInt(text.substring(at - 4, at), 16);
                } catch (IndexOutOfBoundsException | NumberFormatException e) {
                    throw bad(
                            "four hex digits expected after \\u",
                            "se esperan cuatro dígitos hexadecimales después de \\u");
                }
            default:
                throw bad("unknown escape \\" + c, "escape desconocido \\" + c);
        }
    }

    private Object word() throws ConfigException {
        int from = at;
        while (at < text.length()
                && "+-.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String word = text.substring(from, at);
        if (word.equals("true") || word.equals("false")) {
            return Boolean.valueOf(word);
        }
        if (word.matches("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?([eE][+-]?\\d{1,3})?")) {
            return new BigDecimal(word);
        }
        at = from;
        throw bad(
                "a value expected (\"text\", number, true, false, object or array)",
                "se espera un valor (\"texto\", número, true, false, objeto o lista)");
    }

    private char peek() throws ConfigException {
        if (at >= text.length()) {
            throw bad("the file ends too early", "el archivo termina antes de tiempo");
        }
        return text.charAt(at);
    }

    private void expect(char c) throws ConfigException {
        if (peek() != c) {
            throw bad("\"" + c + "\" expected", "se espera \"" + c + "\"");
        }
        at++;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private ConfigException bad(String english, String spanish) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            column = text.charAt(i) == '\n' ? 1 : column + 1;
            line += text.charAt(i) == '\n' ? 1 : 0;
        }
        return new ConfigException(
                file + ", line " + line + ", column " + column + ": " + english,
                file + ", línea " + line + ", columna " + column + ": " + spanish);
    }

    /** Text as a JSON string. */
    static String quote(String value) {
        StringBuilder s = new StringBuilder("\"");
        for (char ch : value.toCharArray()) {
            if (ch == '"' || ch == '\\') {
                s.append('\\').append(ch);
            } else if (ch < ' ') {
                s.append(String.format("\\u%04x", (int) ch));
            } else {
                s.append(ch);
            }
        }
        return s.append('"').toString();
    }
}
