package org.telar.simulator.media;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;

/** The C functions behind a pseudo terminal. A negative result means failure; only then is errno worth a look. Linux. */
interface CLibrary extends Library {
    CLibrary C = Native.load("c", CLibrary.class);

    int O_RDWR = 2;
    int O_NOCTTY = 0x100;
    int TCSANOW = 0;
    short POLLIN = 1;
    short POLLOUT = 4;
    /** Ends the exclusive mode that a client may have left behind. */
    long TIOCNXCL = 0x540D;
    /** Larger than struct termios of any Linux. */
    int TERMIOS_SIZE = 256;

    /** struct pollfd. */
    @Structure.FieldOrder({"fd", "events", "revents"})
    class PollFd extends Structure {
        public int fd;
        public short events;
        public short revents;
    }

    int posix_openpt(int flags);

    int grantpt(int fd);

    int unlockpt(int fd);

    int ptsname_r(int fd, byte[] name, long size);

    int open(String path, int flags);

    int close(int fd);

    long read(int fd, byte[] buffer, long count);

    long write(int fd, byte[] buffer, long count);

    int poll(PollFd fds, long count, int timeoutMillis);

    int ioctl(int fd, long request);

    int tcgetattr(int fd, byte[] termios);

    void cfmakeraw(byte[] termios);

    int tcsetattr(int fd, int when, byte[] termios);
}
