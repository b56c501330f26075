/*
 * A disk that keeps only what was synced. Preloaded into a process, it takes the place of fsync and fdatasync: for files
 * below POWERCUT_ROOT each sync copies the file, or the entries of the directory, into POWERCUT_SHADOW. After a kill the
 * shadow is what a power cut would have left; the harness puts it in place.
 *
 *   POWERCUT_SHADOW/tree/PATH   one line: key of the content and inode
 *   POWERCUT_SHADOW/content/KEY the content at the last sync
 *
 * As on ext4 and xfs, syncing a new file makes its name durable too; a rename or a removal is durable when its directory
 * is synced. POWERCUT_IGNORE=1: syncs do nothing at all, as with synchronous=OFF. POWERCUT_BASELINE=1: everything that is
 * there when the process starts counts as durable.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char root[PATH_MAX], shadow[PATH_MAX];
static size_t root_length;
static int ready, ignore;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void make_parents(char *path)
{
    for (char *p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = 0;
        mkdir(path, 0700);
        *p = '/';
    }
}

/* Inode and birth: an inode that is used again is another file. */
static int key_of(int dir, const char *name, int flags, char *key, size_t size, unsigned *mode, unsigned long long *ino)
{
    struct statx sx;
    if (statx(dir, name, flags | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME | STATX_MODE, &sx) != 0)
        return -1;
    snprintf(key, size, "%llu-%lld-%u", (unsigned long long)sx.stx_ino, (long long)sx.stx_btime.tv_sec,
             sx.stx_btime.tv_nsec);
    *mode = sx.stx_mode;
    *ino = sx.stx_ino;
    return 0;
}

static void put_entry(const char *relative, const char *key, unsigned long long ino)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    snprintf(path, sizeof path, "%s/tree/%s", shadow, relative);
    make_parents(path);
    snprintf(fresh, sizeof fresh, "%s/tmp-%d", shadow, getpid());
    FILE *f = fopen(fresh, "w");
    if (f == NULL)
        return;
    fprintf(f, "%s %llu\n", key, ino);
    fclose(f);
    rename(fresh, path);
}

static void keep_content(int fd, const char *key)
{
    char path[PATH_MAX], fresh[PATH_MAX], buffer[65536];
    snprintf(path, sizeof path, "%s/content/%s", shadow, key);
    snprintf(fresh, sizeof fresh, "%s/copy-%d", shadow, getpid());
    int out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0)
        return;
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    int in = open(self, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    while (in >= 0 && (n = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, n) != n)
            break;
    if (in >= 0)
        close(in);
    close(out);
    if (n == 0)
        rename(fresh, path);
}

static void remove_tree(const char *path)
{
    DIR *d = opendir(path);
    if (d != NULL) {
        struct dirent *e;
        while ((e = readdir(d)) != NULL) {
            char child[PATH_MAX];
            if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                continue;
            snprintf(child, sizeof child, "%s/%s", path, e->d_name);
            remove_tree(child);
        }
        closedir(d);
        rmdir(path);
    } else {
        unlink(path);
    }
}

/* deep: for the baseline, contents and sub-directories too. */
static void keep_directory(const char *path, const char *relative, int deep)
{
    char kept[PATH_MAX];
    snprintf(kept, sizeof kept, "%s/tree/%s%s", shadow, relative, *relative ? "/" : "");
    make_parents(kept);
    DIR *d = opendir(kept);
    struct dirent *e;
    while (d != NULL && (e = readdir(d)) != NULL) {
        char live[PATH_MAX], gone[PATH_MAX];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(live, sizeof live, "%s/%s", path, e->d_name);
        snprintf(gone, sizeof gone, "%s%s", kept, e->d_name);
        if (access(live, F_OK) != 0)
            remove_tree(gone);
    }
    if (d != NULL)
        closedir(d);
    d = opendir(path);
    while (d != NULL && (e = readdir(d)) != NULL) {
        char below[PATH_MAX], live[PATH_MAX], key[96];
        unsigned mode;
        unsigned long long ino;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(below, sizeof below, "%s%s%s", relative, *relative ? "/" : "", e->d_name);
        snprintf(live, sizeof live, "%s/%s", path, e->d_name);
        if (key_of(AT_FDCWD, live, 0, key, sizeof key, &mode, &ino) != 0)
            continue;
        if (S_ISREG(mode)) {
            int fd = deep ? open(live, O_RDONLY | O_CLOEXEC) : -1;
            if (fd >= 0) {
                keep_content(fd, key);
                close(fd);
            }
            put_entry(below, key, ino);
        } else if (S_ISDIR(mode)) {
            char child[PATH_MAX];
            snprintf(child, sizeof child, "%s/tree/%s/", shadow, below);
            make_parents(child);
            if (deep)
                keep_directory(live, below, deep);
        }
    }
    if (d != NULL)
        closedir(d);
}

static int on_disk(int fd)
{
    char self[64], path[PATH_MAX];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(self, path, sizeof path - 1);
    if (n <= 0)
        return 0;
    path[n] = 0;
    if (strncmp(path, root, root_length) != 0 || (path[root_length] != 0 && path[root_length] != '/'))
        return 0;
    if (n > 10 && strcmp(path + n - 10, " (deleted)") == 0)
        return 1;
    const char *relative = path[root_length] == '/' ? path + root_length + 1 : "";
    char key[96], lock[PATH_MAX];
    unsigned mode;
    unsigned long long ino;
    if (key_of(fd, "", AT_EMPTY_PATH, key, sizeof key, &mode, &ino) != 0)
        return 1;
    pthread_mutex_lock(&mutex);
    snprintf(lock, sizeof lock, "%s/lock", shadow);
    int guard = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (guard >= 0)
        flock(guard, LOCK_EX);
    if (S_ISDIR(mode)) {
        keep_directory(path, relative, 0);
    } else if (S_ISREG(mode)) {
        keep_content(fd, key);
        put_entry(relative, key, ino);
    }
    if (guard >= 0)
        close(guard);
    pthread_mutex_unlock(&mutex);
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    const char *r = getenv("POWERCUT_ROOT"), *s = getenv("POWERCUT_SHADOW");
    if (r == NULL || s == NULL || realpath(r, root) == NULL)
        return;
    snprintf(shadow, sizeof shadow, "%s", s);
    root_length = strlen(root);
    ignore = getenv("POWERCUT_IGNORE") != NULL;
    ready = 1;
    if (getenv("POWERCUT_BASELINE") != NULL)
        keep_directory(root, "", 1);
}

static int synced(int fd)
{
    if (!ready) {
        /* Not ours to watch: the kernel is asked as ever. */
        return (int)syscall(SYS_fsync, fd);
    }
    int saved = errno;
    if (fcntl(fd, F_GETFD) < 0)
        return -1;
    if (!ignore)
        on_disk(fd);
    errno = saved;
    return 0;
}

int fsync(int fd)
{
    return synced(fd);
}

int fdatasync(int fd)
{
    return synced(fd);
}
