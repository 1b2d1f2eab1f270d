#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""a64.py - the encodings of a64_asm.h and a64_simd.h against GNU as, word by word.

  a64.py A64_WORDS AS LD OBJCOPY [NUMBER-OF-EACH]

Runs a64_words, has its texts assembled and compares. Called by the test suite.
"""
import os
import struct
import subprocess
import sys
import tempfile


def assemble(program, linker, objcopy, texts):
    with tempfile.TemporaryDirectory() as directory:
        source, unit, linked, binary = (os.path.join(directory, f)
                                        for f in ('a.s', 'a.o', 'a', 'a.bin'))
        with open(source, 'w') as f:
            f.write('\n'.join(texts) + '\n')
        subprocess.run([program, '-o', unit, source], check=True)
        # adrp is the linker's to fill in.
        subprocess.run([linker, '-Ttext=0x200000000', '-e', '0', '-o', linked, unit], check=True)
        subprocess.run([objcopy, '-O', 'binary', '-j', '.text', linked, binary], check=True)
        with open(binary, 'rb') as f:
            data = f.read()
    return struct.unpack(f'<{len(data) // 4}I', data)


def main():
    words_program, program, linker, objcopy = sys.argv[1:5]
    count = sys.argv[5] if len(sys.argv) > 5 else '20'
    out = subprocess.run([words_program, count], stdout=subprocess.PIPE, check=True,
                         universal_newlines=True).stdout.splitlines()
    ours = [(int(line[:8], 16), line[9:]) for line in out]
    theirs = assemble(program, linker, objcopy, [text for _, text in ours])
    wrong = [f'{text}: {word:08x}, as {other:08x}'
             for (word, text), other in zip(ours, theirs) if word != other]
    if len(theirs) != len(ours):
        wrong.append(f'{len(ours)} texts became {len(theirs)} words')
    print('\n'.join(wrong[:50]))
    print(f'{len(ours)} words, {len(wrong)} wrong')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
