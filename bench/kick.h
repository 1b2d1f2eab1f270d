/* SPDX-License-Identifier: MIT
 * kick.h - kick.c's function, for molbench.c.
 */
#ifndef KICK_H
#define KICK_H

#include <molvm.h>

struct kick_cost {
	double median, most; /* ns; 99 of 100 are not above most; -1: the host was too busy to say */
};

/* vcpu is in a loop that does not end. 0, or -1: there is no second thread. */
int measure_kicks(molvm_vcpu *vcpu, struct kick_cost *cost);

#endif
