package org.telar.agent;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Calls services whose interfaces live in bundles (configuration, component runtime): sharing their packages with the
 * launcher would put them on its class path for a handful of calls.
 */
final class Reflective {
    private Reflective() {}

    /** Calls the public method of one of the object's interfaces by name and number of arguments. */
    static Object call(Object target, String method, Object... args) throws AssemblyException {
        try {
            for (Class<?> type : interfaces(target.getClass())) {
                for (Method m : type.getMethods()) {
                    if (m.getName().equals(method) && fits(m, args)) {
                        return m.invoke(target, m.isVarArgs() ? new Object[] {empty(m)} : args);
                    }
                }
            }
            throw new AssemblyException("no method " + method + " in " + target.getClass(), null);
        } catch (InvocationTargetException e) {
            throw new AssemblyException(method + " failed: " + e.getCause(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssemblyException(method + " cannot be called: " + e, e);
        }
    }

    private static boolean fits(Method m, Object[] args) {
        if (m.isVarArgs() && args.length == 0) {
            return m.getParameterCount() == 1;
        }
        if (m.getParameterCount() != args.length) {
            return false;
        }
        for (int i = 0; i < args.length; i++) {
            if (!m.getParameterTypes()[i].isInstance(args[i])) {
                return false;
            }
        }
        return true;
    }

    private static Object empty(Method m) {
        return Array.newInstance(m.getParameterTypes()[0].getComponentType(), 0);
    }

    private static List<Class<?>> interfaces(Class<?> type) {
        List<Class<?>> all = new ArrayList<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Class<?> i : c.getInterfaces()) {
                all.add(i);
                all.addAll(interfaces(i));
            }
        }
        if (type.isInterface()) {
            all.addAll(List.of(type.getInterfaces()));
        }
        return all;
    }

    /** Raises an event about the gateway at an {@code EventSink} of the bundles. */
    static void raise(Object sink, String code, String severity, String text) throws AssemblyException {
        for (Class<?> type : interfaces(sink.getClass())) {
            for (Method m : type.getMethods()) {
                if (m.getName().equals("event") && m.getParameterCount() == 5) {
                    for (Object s : m.getParameterTypes()[1].getEnumConstants()) {
                        if (s.toString().equals(severity)) {
                            call(sink, "event", code, s, "", text, Map.of());
                            return;
                        }
                    }
                }
            }
        }
        throw new AssemblyException(sink.getClass() + " takes no events", null);
    }

    /** A public field of a data transfer object. */
    static Object field(Object dto, String name) throws AssemblyException {
        try {
            return dto.getClass().getField(name).get(dto);
        } catch (ReflectiveOperationException e) {
            throw new AssemblyException("no field " + name + " in " + dto.getClass(), e);
        }
    }
}
