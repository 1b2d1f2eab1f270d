#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""disasm.py - our disassembler against objdump's, word by word.

  disasm.py DISASM_WORDS OBJDUMP [WORDS-PER-ROW]

Runs disasm_words (random words of every row of insn.def) and objdump on the same
words. The two may spell differently what is the same: the rewriting below says how.
objdump refuses some invalid forms, which our decoder takes; at least a third of each
row's words must be ones that it knows. Called by the test suite.
"""
import os
import re
import subprocess
import sys
import tempfile

BIT = {'lt': 0, 'gt': 1, 'eq': 2, 'so': 3}
COMPARE = {'cmpi': 'cmpwi', 'cmpli': 'cmplwi', 'cmp': 'cmpw', 'cmpl': 'cmplw'}
# Operands that later architectures added, which objdump prints as their default.
ADDED = {
    'bclr': ',0', 'bclrl': ',0', 'bcctr': ',0', 'bcctrl': ',0', 'mfcr': ',-1', 'lwarx': ',0',
    'dcbf': ',0', 'mtmsr': ',0', 'tlbie': ',0', 'sync': ' 0', 'sc': ' 0', 'fres': ',0',
    'fres.': ',0', 'frsqrte': ',0', 'frsqrte.': ',0',
}
MODELS = ('7400', '7450')  # objdump knows dcba of the 7450 only


def condition_bit(match):
    field = int(match.group(1) or 0)
    return str(4 * field + BIT[match.group(2)])


def normalize(text):
    """objdump's spelling in ours."""
    text = re.sub(r'\b(?:4\*cr([0-7])\+)?(lt|gt|eq|so)\b', condition_bit, text)
    name = text.split(' ')[0]
    if name in ADDED and text.endswith(ADDED[name]):
        text = text[:-len(ADDED[name])]
    if name in COMPARE:
        text = COMPARE[name] + re.sub(r'^ (cr[0-7]),0,', r' \1,', text[len(name):])
    if name in ('lswi', 'stswi') and text.endswith(',32'):
        text = text[:-2] + '0'
    if name in ('mtfsfi', 'mtfsfi.'):
        text = text.replace(' ', ' cr')
    return text


def objdump(program, model, path):
    out = subprocess.run([program, '-D', '-b', 'binary', '-m', 'powerpc:common', '-EB', '-M',
                          'raw,' + model, path], stdout=subprocess.PIPE, check=True,
                         universal_newlines=True).stdout
    lines = re.findall(r'^ *[0-9a-f]+:\t[0-9a-f ]{11} *\t(.*)$', out, re.M)
    return [re.sub(r'\s+', ' ', line).strip() for line in lines]


def main():
    words_program, objdump_program = sys.argv[1:3]
    count = sys.argv[3] if len(sys.argv) > 3 else '100'
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'words')
        ours = subprocess.run([words_program, path, count], stdout=subprocess.PIPE, check=True,
                              universal_newlines=True).stdout.splitlines()
        theirs = [objdump(objdump_program, model, path) for model in MODELS]
    rows = {}
    for line, *answers in zip(ours, *theirs):
        name, word, text = line.split('\t')
        row = rows.setdefault(name, {'words': 0, 'known': 0, 'wrong': 0})
        row['words'] += 1
        known = [a for a in answers if not a.startswith('.long')]
        if not known:
            continue
        row['known'] += 1
        if normalize(known[0]) != text:
            row['wrong'] += 1
            if row['wrong'] <= 3:
                print('  %s: ours "%s", objdump "%s"' % (word, text, known[0]))
    passed = 0
    for name, row in rows.items():
        if row['wrong'] or row['known'] * 3 < row['words']:
            print('  %s: %d of %d words differ, objdump knows %d' %
                  (name, row['wrong'], row['words'], row['known']))
        else:
            passed += 1
    known = sum(row['known'] for row in rows.values())
    print('%d words of %d rows compared with objdump' % (known, len(rows)))
    print('%d passed, %d failed' % (passed, len(rows) - passed))
    complete = rows and all(len(t) == len(ours) for t in theirs)
    return 0 if complete and passed == len(rows) else 1


if __name__ == '__main__':
    sys.exit(main())
