"""Words that no name of a specification may become: those of Promela, of C, of pan and of exports.

States, messages and values of enums stay in the Promela text. All other names also reach the C that
SPIN writes; these are put in small letters, because nearly all macros of C are in capitals, so that
this list can be short and complete. U, V, W, R and X are words only within ``ltl``, which we do not
write.
"""

import re

_PROMELA = """
active always assert atomic bit bool break byte c_code c_decl c_expr c_state c_track chan d_step
D_proctype do else empty enabled end equivalent eval eventually false fi for full get_priority
goto hidden if implies in init inline int len local ltl mtype ndistate nempty never next nfull
nonprogress notrace np_ od of pc_value pid printf printm priority proctype provided release
return run select set_priority short show skip STDIN strong stronguntil timeout trace true typedef
unless unsigned until weak weakuntil xr xs accept progress
"""

_C = """
alignas alignof and and_eq asm auto bitand bitor case catch char class compl const constexpr
const_cast continue default delete double enum extern float friend fortran inline long mutable
namespace new not not_eq nullptr operator or or_eq private protected public register
reinterpret_cast restrict signed sizeof static static_assert static_cast struct switch template
this thread_local throw try typeid typename typeof typeof_unqual union using virtual void volatile
wchar_t while xor xor_eq linux unix i386 vax sun mips arm main
"""

_PAN = """
addproc air0 alloca be16toh be32toh be64toh enter_critical errno get16bits getframe htobe16
htobe32 htobe64 htole16 htole32 htole64 le16toh le32toh le64toh leave_critical max maxseq min
minseq mix now onstack_now onstack_put onstack_zap maxseq0 maxseq1 maxseq2 maxseq3 minseq0 minseq1
minseq2 minseq3 pptr pthread_equal q_sz qptr sigmask stderr stdin stdout sv toascii trpt uchar
uerror uint ulong ushort va_arg va_copy va_end va_start wasnew isalnum isalpha isascii isblank
iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit claim rintf anSource AN_H
ATH_MAX IPE_BUF DP_ENDIAN ROG_LAB TRDIFF_MAX TRDIFF_MIN assume depth depthfound nr_handoffs
reached bfs
"""

_OURS = """
ASK_ALL ASK_ONE COVERAGE SEQ_LT SEQ_LEQ forever my me msg letter at link bag links Message Link
Bag q head name count slot losses copies capacity state inbox outbox from to look_at put append
copy clear remove same precedes received fails used idle checks network box one other place asked
received_a_copy going resting loses rcv cut used_before placed
"""

RESERVED = frozenset(f"{_PROMELA} {_C} {_PAN} {_OURS}".split())

RESERVED_STARTS = re.compile(r"(si|sa|st|sigev|is[a-z]+|ASK|OLL|OSIX|THREAD|fails)_")
"""What begins like this may be a macro of C's library: fields of its structures (``si_pid``), and
process types, before which SPIN writes a P (``OLL_ERR``); or one of ours (``ASK_…``).
"""


_LIBRARY = """
a64l abort abs access acct alarm aligned_alloc alloca arc4random arc4random_buf arc4random_uniform
asctime asctime_r at_quick_exit atexit atof atoi atol bcmp bcopy bfs_all_empty bfs_all_idle
bfs_all_running bfs_clear_locks bfs_drop_shared_memory bfs_explore_state bfs_find_largest
bfs_get_shared_mem bfs_grab_trail bfs_idle_and_empty bfs_initial_state bfs_mark_done bfs_new_slot
bfs_new_sv bfs_new_sv_mask bfs_next bfs_pack_state bfs_prep_slot bfs_printf bfs_push_state
bfs_recycle bfs_release_trail bfs_run bfs_set_toggle bfs_setup bfs_setup_mem bfs_shutdown
bfs_statistics bfs_store_state bfs_unpack_state bfs_update brk bsearch bzero calloc chdir chmod
chown chroot cleanup_shm clearenv clearerr clearerr_unlocked clock clock_getcpuclockid
clock_getres clock_gettime clock_nanosleep clock_settime close closefrom confstr crash_reset
crash_test creat crypt ctermid ctime ctime_r daemon difftime div dprintf drand48 drand48_r dup
dup2 dysize ecvt ecvt_r endusershell erand48 erand48_r execl execle execlp execv execve execvp
exit explicit_bzero faccessat fchdir fchmod fchmodat fchown fchownat fclose fcntl fcvt fcvt_r
fdatasync fdopen feof feof_unlocked ferror ferror_unlocked fexecve fflush fflush_unlocked ffs ffsl
fgetc fgetc_unlocked fgetpos fgets fileno fileno_unlocked flockfile fmemopen fopen fork fpathconf
fprintf fputc fputc_unlocked fputs fread fread_unlocked free freopen fscanf fseek fseeko fsetpos
fstat fstatat fsync ftell ftello ftok ftruncate ftrylockfile funlockfile futimens fwrite
fwrite_unlocked gcvt getc getc_unlocked getchar getchar_unlocked getcwd getdelim getdomainname
getdtablesize getegid getenv geteuid getgid getgroups gethostid gethostname getline getloadavg
getlogin getlogin_r getopt getpagesize getpass getpgid getpgrp getpid getppid getsid getsubopt
getuid getusershell getw getwd give_up gmtime gmtime_r gsignal index initstate initstate_r isalnum
isalnum_l isalpha isalpha_l isascii isatty isblank isblank_l iscntrl iscntrl_l isdigit isdigit_l
isgraph isgraph_l islower islower_l isprint isprint_l ispunct ispunct_l isspace isspace_l isupper
isupper_l isxdigit isxdigit_l jrand48 jrand48_r kill killpg l64a labs lchmod lchown lcong48
lcong48_r ldiv link linkat localtime localtime_r lockf lrand48 lrand48_r lseek lstat malloc mblen
mbstowcs mbtowc memccpy memchr memcmp memcpy memmove memset mkdir mkdirat mkdtemp mkfifo mkfifoat
mknod mknodat mkstemp mkstemps mktemp mktime mrand48 mrand48_r nanosleep nice nrand48 nrand48_r
on_exit open open_memstream openat pathconf pause pclose perror pipe popen posix_fadvise
posix_fallocate posix_memalign pread printf printm profil pselect psiginfo psignal pthread_kill
pthread_sigmask putc putc_unlocked putchar putchar_unlocked putenv puts putw pwrite qecvt qecvt_r
qfcvt qfcvt_r qgcvt qsort quick_exit raise rand rand_r random random_r read readlink readlinkat
realloc reallocarray realpath remove rename renameat revoke rewind rindex rmdir rpmatch sbrk scanf
seed48 seed48_r select semctl semget semop setbuf setbuffer setdomainname setegid setenv seteuid
setgid sethostid sethostname setlinebuf setlogin setpgid setpgrp setregid setreuid setsid setstate
setstate_r setuid setusershell setvbuf sh_malloc sh_pre_malloc shmat shmctl shmdt shmget sigaction
sigaddset sigaltstack sigblock sigdelset sigemptyset sigfillset siggetmask siginterrupt
sigismember signal sigpending sigprocmask sigqueue sigreturn sigsetmask sigstack sigsuspend
sigtimedwait sigwait sigwaitinfo sleep snprintf sprintf srand srand48 srand48_r srandom srandom_r
sscanf ssignal stat stpcpy stpncpy strcasecmp strcasecmp_l strcat strchr strcmp strcoll strcoll_l
strcpy strcspn strdup strerror strerror_l strerror_r strftime strftime_l strlen strncasecmp
strncasecmp_l strncat strncmp strncpy strndup strnlen strpbrk strrchr strsep strsignal strspn
strstr strtod strtof strtok strtok_r strtol strtold strtoll strtoq strtoul strtoull strtouq
strxfrm strxfrm_l symlink symlinkat sync syscall sysconf system tcgetpgrp tcsetpgrp tempnam time
timegm timelocal timer_create timer_delete timer_getoverrun timer_gettime timer_settime times
timespec_get tmpfile tmpnam tmpnam_r toascii tolower tolower_l toupper toupper_l truncate ttyname
ttyname_r ttyslot tzset ualarm umask ungetc unlink unlinkat unsetenv usleep utimensat valloc
vdprintf vfork vfprintf vfscanf vhangup void vprintf vscanf vsnprintf vsprintf vsscanf wcstombs
wctomb write
"""

LIBRARY = frozenset(_LIBRARY.split())
"""Functions that pan.c declares, with SPIN 6.5.2 and glibc 2.36, in all ways of compiling it (the
names before a bracket in what ``gcc -E`` makes of it): no variable of ours may be called so.
"""
