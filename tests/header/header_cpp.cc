/* SPDX-License-Identifier: MIT
 * header_cpp.cc - header.c once more, as C++. */
#include "header.c"
