#!/bin/bash
# SPDX-License-Identifier: MIT
#
# install.sh - installs the library and uses it as a stranger would: by pkg-config, shared and
# static, as a meson subproject; and looks at what the binaries show to the world.
#
#   install.sh TREE WORK
#
# Builds TREE in WORK/build and installs to WORK/prefix. Closes with "N passed, N failed".
set -u
tree=$(cd "$1" && pwd) && mkdir -p "$2" && work=$(cd "$2" && pwd) || exit 2
passed=0 failed=0
prefix=$work/prefix
cc=${CC:-cc}
header=$prefix/include/molvm.h

# check SENTENCE COMMAND...
check() {
	local sentence=$1 out
	shift

	if out=$("$@" 2>&1); then
		passed=$((passed + 1))
		echo "ok   $sentence"
	else
		failed=$((failed + 1))
		echo "FAIL $sentence"
		head -n 20 <<<"$out" | sed 's/^/       /'
	fi
}

# same WHAT: two lists on file descriptors 3 and 4 are equal
same() {
	diff -u --label expected --label found /dev/fd/3 /dev/fd/4
}

build() {
	local again=()

	rm -rf "$work/prefix" "$work/dest"
	[ ! -f "$work/build/build.ninja" ] || again=(--reconfigure)
	meson setup "${again[@]}" "$work/build" "$tree" --prefix="$prefix" --libdir=lib \
		-Dtests=false -Dbench=false -Dcapstone=disabled || return 1
	meson compile -C "$work/build" && meson install -C "$work/build" --quiet
}

everything_is_there() {
	same 3<<-'END' 4< <(cd "$prefix" && find . ! -type d | LC_ALL=C sort)
	./bin/mini-vmm
	./include/molvm.h
	./lib/libmolvm.a
	./lib/libmolvm.so
	./lib/libmolvm.so.0
	./lib/libmolvm.so.0.1.0
	./lib/pkgconfig/molvm.pc
	./share/doc/libmolvm/CHANGELOG.md
	./share/doc/libmolvm/LICENSE
	./share/doc/libmolvm/README.md
	./share/man/man1/mini-vmm.1
	./share/man/man3/molvm.3
	END
}

destdir_is_obeyed() {
	DESTDIR=$work/dest meson install -C "$work/build" --quiet --no-rebuild &&
		[ -f "$work/dest$header" ]
}

soname() {
	same 3<<<libmolvm.so.0 4< <(objdump -p "$prefix/lib/libmolvm.so" | awk '$1 == "SONAME" { print $2 }')
}

declared() {
	sed -nE 's/^MOLVM_API [^(]*\b(molvm_[a-z_0-9]+)\(.*/\1/p' "$header" | LC_ALL=C sort -u
}

exports() {
	same 3< <(declared) 4< <(nm -D --defined-only "$prefix/lib/libmolvm.so" |
		awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | LC_ALL=C sort)
}

versions() {
	! nm -D --defined-only "$prefix/lib/libmolvm.so" | awk '$2 != "A"' | grep -v '@@MOLVM_[0-9.]*$'
}

archive_names() {
	! nm -g --defined-only "$prefix/lib/libmolvm.a" | awk 'NF == 3 { print $3 }' |
		grep -vE '^(molvm|mol|ppc)_'
}

no_variables() { # a signal handler belongs to the process, and so does what it knows
	! nm -f sysv --defined-only "$prefix/lib/libmolvm.a" |
		awk -F'|' '/from .*\[/ { handler = /\[core_fault\.c\.o\]/ }
			   !handler && $NF ~ /^\.(data|bss)/ && $NF !~ /^\.data\.rel\.ro/ { print $1, $NF }' | grep .
}

needs_only_libc() {
	same 3<<<libc.so.6 4< <(objdump -p "$prefix/lib/libmolvm.so" |
		awk '$1 == "NEEDED" && $2 !~ /^ld-linux/ { print $2 }')
}

flags() {
	PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config "$@" molvm
}

runs_shared() { # PROGRAM.c EXPECTED
	# shellcheck disable=SC2046 # words
	$cc "$1" -o "$work/program" $(flags --cflags --libs) &&
		LD_LIBRARY_PATH=$prefix/lib "$work/program" | diff -u "$2" -
}

runs_static() {
	# shellcheck disable=SC2046 # words
	$cc -static "$1" -o "$work/program" $(flags --static --cflags --libs) &&
		"$work/program" | diff -u "$2" -
}

runs_as_subproject() {
	rm -rf "$work/embedder"
	mkdir -p "$work/embedder/subprojects"
	ln -s "$tree" "$work/embedder/subprojects/libmolvm"
	cp "$1" "$work/embedder/program.c"
	cp "$tree/tests/install/subproject.build" "$work/embedder/meson.build"
	meson setup "$work/embedder/build" "$work/embedder" && meson compile -C "$work/embedder/build" &&
		"$work/embedder/build/embedder" | diff -u "$2" -
}

mini_vmm_runs() {
	LD_LIBRARY_PATH=$prefix/lib "$prefix/bin/mini-vmm" --version
}

manual_is_complete() {
	local name missing=0

	for name in $(declared); do
		grep -qE "\b$name\b" "$prefix/share/man/man3/molvm.3" || { echo "not in it: $name"; missing=1; }
	done
	return $missing
}

manual_is_clean() { # PAGE: warnings are errors; a style remark is not
	mandoc -T lint -W warning,stop "$prefix/share/man/$1"
}

check "the library builds and installs" build
check "what is installed is exactly what should be" everything_is_there
check "DESTDIR is obeyed" destdir_is_obeyed
check "the soname is libmolvm.so.0" soname
check "the shared library exports exactly the functions of molvm.h" exports
check "every exported symbol has its version" versions
check "every external name of the archive begins with molvm_, mol_ or ppc_" archive_names
check "no variable but the signal handler's is shared between threads" no_variables
check "the shared library needs libc alone" needs_only_libc
if python3 "$tree/tests/install/readme.py" "$tree/README.md" "$work/readme.c" "$work/readme.out"; then
	check "README's program prints what README says, shared" runs_shared "$work/readme.c" "$work/readme.out"
	check "README's program prints what README says, static" runs_static "$work/readme.c" "$work/readme.out"
	check "README's program runs with the library as a meson subproject" \
		runs_as_subproject "$work/readme.c" "$work/readme.out"
else
	check "README has a program and its output" false
fi
echo "Hello from a PowerPC" >"$work/hello.out"
check "examples/hello.c runs out of tree" runs_shared "$tree/examples/hello.c" "$work/hello.out"
check "the installed mini-vmm starts" mini_vmm_runs
check "molvm(3) mentions every function of molvm.h" manual_is_complete
if command -v mandoc >/dev/null; then
	check "molvm(3) is without a warning" manual_is_clean man3/molvm.3
	check "mini-vmm(1) is without a warning" manual_is_clean man1/mini-vmm.1
	echo "$passed passed, $failed failed"
else
	echo "skip the manual pages' form: no mandoc"
	echo "$passed passed, $failed failed, 2 skipped"
fi
[ "$failed" = 0 ]
