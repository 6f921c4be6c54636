//! What the compiler calls for moving memory about, so that the library needs none of it from libc: a program without one
//! loads it too. Hidden: the programs keep their own.

#[cfg(target_arch = "x86_64")]
core::arch::global_asm!(
    ".hidden memcpy; .hidden memmove; .hidden memset; .hidden memcmp; .hidden bcmp; .hidden strlen",
    ".globl memcpy; .type memcpy,@function; memcpy:",
    "mov rax, rdi; mov rcx, rdx; rep movsb; ret",
    ".globl memmove; .type memmove,@function; memmove:",
    "mov rax, rdi; mov rcx, rdx; cmp rdi, rsi; ja 2f; rep movsb; ret",
    "2: lea rdi, [rdi + rcx - 1]; lea rsi, [rsi + rcx - 1]; std; rep movsb; cld; ret",
    ".globl memset; .type memset,@function; memset:",
    "mov r8, rdi; mov eax, esi; mov rcx, rdx; rep stosb; mov rax, r8; ret",
    ".globl memcmp; .type memcmp,@function; memcmp:",
    ".globl bcmp; .type bcmp,@function; bcmp:",
    "xor eax, eax; test rdx, rdx; jz 4f",
    "3: movzx eax, byte ptr [rdi]; movzx ecx, byte ptr [rsi]; sub eax, ecx; jne 4f",
    "inc rdi; inc rsi; dec rdx; jne 3b",
    "4: ret",
    ".globl strlen; .type strlen,@function; strlen:",
    "mov rax, rdi",
    "5: cmp byte ptr [rax], 0; je 6f; inc rax; jmp 5b",
    "6: sub rax, rdi; ret",
);

#[cfg(target_arch = "aarch64")]
core::arch::global_asm!(
    ".hidden memcpy; .hidden memmove; .hidden memset; .hidden memcmp; .hidden bcmp; .hidden strlen",
    ".globl memmove; .type memmove,%function; memmove:",
    "cmp x0, x1; b.ls 1f",
    "0: cbz x2, 3f; sub x2, x2, #1; ldrb w4, [x1, x2]; strb w4, [x0, x2]; b 0b",
    ".globl memcpy; .type memcpy,%function; memcpy:",
    "1: mov x3, x0",
    "2: cbz x2, 3f; ldrb w4, [x1], #1; strb w4, [x3], #1; sub x2, x2, #1; b 2b",
    "3: ret",
    ".globl memset; .type memset,%function; memset:",
    "mov x3, x0",
    "4: cbz x2, 5f; strb w1, [x3], #1; sub x2, x2, #1; b 4b",
    "5: ret",
    ".globl memcmp; .type memcmp,%function; memcmp:",
    ".globl bcmp; .type bcmp,%function; bcmp:",
    "6: cbz x2, 7f; ldrb w3, [x0], #1; ldrb w4, [x1], #1; sub x2, x2, #1; cmp w3, w4; b.eq 6b",
    "sub w0, w3, w4; ret",
    "7: mov w0, #0; ret",
    ".globl strlen; .type strlen,%function; strlen:",
    "mov x1, x0",
    "8: ldrb w2, [x1], #1; cbnz w2, 8b",
    "sub x0, x1, x0; sub x0, x0, #1; ret",
);
