# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lib.sh - what tools/demo, tools/test and tools/bench share: talking, packages, building.
#
# Sourced, never run.  Bash.  Nothing here changes the shell's options; every
# function that can fail says why on standard error and returns non-zero.
#
#   say WORDS...                       a progress line (standard error)
#   complain WORDS...                  an error line (standard error)
#   need_packages PACKAGE...           have these Debian packages, installing what is missing
#   run_logged LOG COMMAND...          run quietly into LOG; on failure show its end
#   build_project DIR [MESON OPTION]   configure (once) and build this tree in DIR
#   project_dir                        the tree's root, absolute

project_dir() {
	(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
}

say() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
}

complain() {
	printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2
}

run_logged() {
	local log=$1 status=0
	shift

	mkdir -p "$(dirname "$log")" || return 1
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if [ "$status" -ne 0 ]; then
		complain "this failed with status $status: $*"
		tail -n 30 "$log" | sed 's/^/    /' >&2
		complain "the whole output is in $log"
	fi
	return "$status"
}

packages_changed=no	# need_packages installed something that no build_project has seen

# Is the package installed (not merely known, removed or half configured)?
package_is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

need_packages() {
	local package log missing=() as_root=()

	if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
		say "this is not a Debian system; assuming that these are there: $*"
		return 0
	fi
	for package; do
		package_is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	if [ "$(id -u)" -ne 0 ]; then
		if ! command -v sudo >/dev/null; then
			complain "missing packages, and neither root nor sudo to install them: ${missing[*]}"
			return 1
		fi
		as_root=(sudo)
	fi
	say "installing with apt: ${missing[*]}"
	log=$(mktemp) || return 1
	# An update that fails may still leave usable lists (an offline mirror): the install decides.
	"${as_root[@]}" apt-get -q update >"$log" 2>&1 </dev/null || true
	if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		--no-install-recommends install "${missing[@]}" >>"$log" 2>&1 </dev/null; then
		complain "apt could not install: ${missing[*]}"
		tail -n 20 "$log" | sed 's/^/    /' >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
	packages_changed=yes
}

build_project() {
	local dir=$1 root
	shift

	root=$(project_dir) || return 1
	case $dir in
	/*) ;;
	*) dir=$root/$dir ;;
	esac
	if [ ! -f "$dir/build.ninja" ]; then
		say "configuring $dir"
		run_logged "$dir/setup.log" meson setup "$@" "$dir" "$root" || return 1
	elif [ "$packages_changed" = yes ]; then
		# what was not found when it was configured may be there now
		run_logged "$dir/setup.log" meson setup --reconfigure "$@" "$dir" "$root" || return 1
	elif [ $# -gt 0 ]; then
		# which fails where an option is younger than the directory
		meson configure "$dir" "$@" >"$dir/setup.log" 2>&1 ||
			run_logged "$dir/setup.log" meson setup --reconfigure "$@" "$dir" "$root" || return 1
	fi
	packages_changed=no
	say "building $dir"
	run_logged "$dir/build.log" meson compile -C "$dir"
}
