#!/bin/sh
# SPDX-License-Identifier: MIT
# shared-set.sh - builds the kernel-shared set (src/ppc, src/mmu) in the ways a kernel would.
#
#   shared-set.sh TREE WORK [KERNEL]
#
# 1. freestanding for this host, without floating-point registers;
# 2. freestanding for 32-bit PowerPC, soft float (powerpc-linux-gnu-gcc);
# 3. as a module object of a configured PowerPC Linux tree, KERNEL.
# Ways 1 and 2 are linked with ld -r, and what is left undefined must be exactly
# what src/ppc/env.h allows. Closes with "N passed, N failed[, N skipped]".
set -u
tree=$1 work=$2 kernel=${3:-}
passed=0 failed=0 skipped=0
allowed="memcpy memset"
rm -rf "$work" && mkdir -p "$work" || exit 2

verdict() { # status name
  if [ "$1" = 0 ]; then passed=$((passed + 1)); echo "ok   $2"
  else failed=$((failed + 1)); echo "FAIL $2"; fi
}

freestanding() { # name compiler linker nm flags...
  name=$1 compiler=$2 linker=$3 nm=$4
  shift 4
  mkdir -p "$work/$name"
  bad=0
  for source in "$tree"/src/ppc/*.c "$tree"/src/mmu/*.c; do
    $compiler -std=gnu11 -O2 -ffreestanding -nostdinc -Wall -Wextra -Wno-unused-parameter -Werror \
      "$@" -I"$tree/src/env/freestanding" -I"$tree/src/ppc" -I"$tree/src/mmu" \
      -c "$source" -o "$work/$name/$(basename "$source" .c).o" 2>>"$work/$name/log" || {
        bad=1; echo "     does not compile: ${source#"$tree"/}"; }
  done
  verdict $bad "the shared set compiles $name"
  [ $bad = 0 ] || { head -20 "$work/$name/log"; return; }
  $linker -r "$work/$name"/*.o -o "$work/$name/all.o" || { verdict 1 "links $name"; return; }
  undefined=$($nm -u "$work/$name/all.o" | awk '{print $2}' | sort | tr '\n' ' ')
  [ "$undefined" = "$allowed " ]
  result=$?
  [ $result = 0 ] || echo "     undefined: $undefined"
  verdict $result "its undefined symbols $name are exactly: $allowed"
}

freestanding "freestanding for this host" "${CC:-cc}" "ld" nm -mgeneral-regs-only
cross=powerpc-linux-gnu-
if command -v ${cross}gcc >/dev/null; then
  freestanding "freestanding for PowerPC" ${cross}gcc "${cross}ld" ${cross}nm -m32 -msoft-float
else
  skipped=$((skipped + 2)); echo "skip freestanding for PowerPC: no ${cross}gcc"
fi

if [ -n "$kernel" ] && [ -f "$kernel/.config" ]; then
  module=$work/module
  mkdir -p "$module"
  cp "$tree"/tests/kernel/Kbuild "$tree"/tests/kernel/shared_module.c "$module"
  sources=
  for source in "$tree"/src/ppc/*.c "$tree"/src/mmu/*.c; do
    ln -s "$source" "$module/"
    sources="$sources $(basename "$source")"
  done
  make -C "$kernel" M="$module" ARCH=powerpc CROSS_COMPILE=$cross MOLVM_SRC="$tree/src" \
    MOLVM_SHARED_SOURCES="$sources" KBUILD_MODPOST_WARN= modules >"$work/module.log" 2>&1
  result=$?
  [ -f "$module/molvm-shared.ko" ] || result=1
  [ $result = 0 ] || grep -E "error|undefined|warning" "$work/module.log" | head -20
  verdict $result "the shared set builds and links as a PowerPC Linux module"
  if grep "warning:" "$work/module.log"; then result=1; fi
  verdict $result "it does so without a warning of the kernel's flags"
  # what the compiler itself puts in under the kernel's flags: saving registers, profiling
  rm -f "$module/shared_module.o" "$module"/molvm-shared*.o
  ${cross}ld -r "$module"/*.o -o "$work/module.o"
  undefined=$(${cross}nm -u "$work/module.o" | awk '{print $2}' | grep -vE '^(_(save|rest)gpr_[0-9]+(_x)?|_mcount)$' |
    sort | tr '\n' ' ')
  [ "$undefined" = "$allowed " ]
  result=$?
  [ $result = 0 ] || echo "     undefined: $undefined"
  verdict $result "its undefined symbols as kernel code are exactly: $allowed"
else
  skipped=$((skipped + 3)); echo "skip the Linux module: no configured kernel tree given"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
