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
