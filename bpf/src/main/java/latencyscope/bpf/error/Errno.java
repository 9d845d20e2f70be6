package latencyscope.bpf.error;

/**
 * Names of the kernel's error numbers, as in {@code errno(3)}.
 *
 * <p>The numbers are those of asm-generic/errno.h, which x86-64 and aarch64 share.
 */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;

  /** Not for user space, says the kernel; BPF returns it all the same. */
  private static final int ENOTSUPP = 524;

  // In numerical order from 1; an empty word is a number that Linux leaves out.
  private static final String[] NAMES =
      ("EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT"
              + " ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY"
              + " ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG"
              + " ENOLCK ENOSYS ENOTEMPTY ELOOP  ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG"
              + " EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT  EBFONT ENOSTR"
              + " ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO"
              + " EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD"
              + " ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ"
              + " EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP"
              + " EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET"
              + " ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT"
              + " ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM"
              + " ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY"
              + " EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL"
              + " EHWPOISON")
          .split(" ");

  private Errno() {}

  /**
   * The symbolic name.
   *
   * @param errno positive error number
   * @return such as {@code EACCES} for 13; {@code errno 4711} for a number without a name
   */
  public static String name(int errno) {
    if (errno == ENOTSUPP) {
      return "ENOTSUPP";
    }
    boolean named = errno >= 1 && errno <= NAMES.length && !NAMES[errno - 1].isEmpty();
    return named ? NAMES[errno - 1] : "errno " + errno;
  }
}
