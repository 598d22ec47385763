#include "textflag.h"

#define SYS_exit 60
#define SYS_clone3 435
#define CLONE_ARGS_SIZE 64

// func clone(args *cloneArgs, first *step, steps uintptr, failed *failure) (pid uintptr)
//
// The child never returns: it has the parent's memory and stack, which the parent goes
// on with at the same time. It calls no function, uses no stack, and writes to no memory
// but failed.
TEXT ·clone(SB), NOSPLIT|NOFRAME, $0-40
	MOVQ args+0(FP), DI
	MOVQ $CLONE_ARGS_SIZE, SI
	MOVQ first+8(FP), R12
	MOVQ steps+16(FP), R13
	MOVQ failed+24(FP), BX
	MOVQ $SYS_clone3, AX
	SYSCALL
	TESTQ AX, AX
	JZ   child
	MOVQ AX, pid+32(FP)
	RET

child:
	MOVQ 0(R12), AX
	MOVQ 8(R12), DI
	MOVQ 16(R12), SI
	MOVQ 24(R12), DX
	MOVQ 32(R12), R10
	SYSCALL
	CMPQ AX, $-4095
	JCC  fail        // unsigned: -4095 to -1 are errors
	MOVQ 40(R12), CX
	TESTQ CX, CX
	JZ   next
	CMPQ AX, CX
	JNE  fail

next:
	ADDQ $48, R12
	DECQ R13
	JNZ  child

fail:
	MOVQ AX, 0(BX)
	MOVQ R13, 8(BX)
	MOVQ $127, DI
	MOVQ $SYS_exit, AX
	SYSCALL
	INT  $3
