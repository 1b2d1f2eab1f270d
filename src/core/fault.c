/* SPDX-License-Identifier: MIT
 * fault.c - the one signal handler of the library, and with it its only variables.
 *
 * Where MOLVM_CFG_FASTMEM asks for it, translated code accesses the guest's memory without asking, and
 * what does not go without asking is a fault of the host's processor [window.c]. A handler is
 * the process's, so it cannot belong to a VM: it is there while any VM has a use for it. It
 * does one thing, to let a fault of translated code go on at its landing; every other fault is handed
 * to the handler that was there before. What it looks at belongs to the thread that faulted, or
 * does not change while it is installed. Here too, because it is the process's: how many mappings the
 * windows of all VMs have. Called by window.c; mol_window_catch() by translators.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <ucontext.h>

#include "backend.h"

/* Written only when nobody faults: before ours is installed. */
static struct sigaction before[2];
static atomic_bool spent[2]; /* before[n] was for one signal (SA_RESETHAND), and has had it */
static unsigned users;
static bool installed;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Of this thread. The model: what a signal handler reads must not have to be allocated. */
static _Thread_local const struct mol_catcher *catcher __attribute__((tls_model("initial-exec")));

/* Of all machines: a host may allow a process no more than 65,530 mappings, and others need some too. */
#define CHARGES 20000u
static _Atomic uint32_t charges;

static const int signals[2] = { SIGSEGV, SIGBUS };

bool mol_window_charge(uint32_t *mine, uint32_t now)
{
	uint32_t more = now - *mine, before_it = atomic_fetch_add(&charges, more);

	if (now > *mine && before_it + more > CHARGES) {
		atomic_fetch_sub(&charges, more);
		return false;
	}
	*mine = now;
	return true;
}

const struct mol_catcher *mol_window_catch(const struct mol_catcher *now)
{
	const struct mol_catcher *outer = catcher;

	catcher = now;
	return outer;
}

/* True: the processor goes on at the landing. */
static bool catch(const siginfo_t *info, ucontext_t *context)
{
	greg_t *pc = &context->uc_mcontext.gregs[REG_RIP];
	const struct mol_catcher *c = catcher;
	const uint8_t *landing;

	if (!c || (uintptr_t)*pc - (uintptr_t)c->code >= c->code_size ||
	    (uintptr_t)info->si_addr - (uintptr_t)c->data >= c->data_size)
		return false;
	landing = c->landing(c, (const uint8_t *)*pc);
	if (!landing)
		return false;
	*pc = (greg_t)(uintptr_t)landing;
	return true;
}

/* What would have happened without us. */
static void pass_on(const struct sigaction *old, int sig, siginfo_t *info, void *context)
{
	sigset_t mask;

	if (!(old->sa_flags & SA_SIGINFO) && old->sa_handler == SIG_IGN && info->si_code <= 0)
		return;
	if (!(old->sa_flags & SA_SIGINFO) &&
	    (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN)) {
		/* The instruction faults once more, and that is the end; a signal that somebody sent
		 * has to be sent again. */
		signal(sig, SIG_DFL);
		if (info->si_code <= 0)
			raise(sig);
		return;
	}
	pthread_sigmask(SIG_BLOCK, &old->sa_mask, &mask);
	if (old->sa_flags & SA_NODEFER) {
		sigset_t self;

		sigemptyset(&self);
		sigaddset(&self, sig);
		pthread_sigmask(SIG_UNBLOCK, &self, NULL);
	}
	if (old->sa_flags & SA_SIGINFO)
		old->sa_sigaction(sig, info, context);
	else
		old->sa_handler(sig);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	static const struct sigaction none = { .sa_handler = SIG_DFL };
	unsigned n = sig == signals[1];
	bool once = (unsigned)before[n].sa_flags & SA_RESETHAND;

	if (!catch(info, context))
		pass_on(once && atomic_exchange(&spent[n], true) ? &none : &before[n], sig, info, context);
}

static bool are_ours(void)
{
	struct sigaction now;

	for (unsigned n = 0; n < 2; n++)
		if (sigaction(signals[n], NULL, &now) || !(now.sa_flags & SA_SIGINFO) ||
		    now.sa_sigaction != on_fault)
			return false;
	return true;
}

static bool install(void)
{
	struct sigaction ours = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigemptyset(&ours.sa_mask);
	for (unsigned n = 0; n < 2; n++) {
		atomic_store(&spent[n], false);
		/* Asked first: a thread may fault as soon as ours is there. */
		if (sigaction(signals[n], NULL, &before[n]) || sigaction(signals[n], &ours, NULL)) {
			if (n)
				sigaction(signals[0], &before[0], NULL);
			return false;
		}
	}
	return true;
}

/* If somebody has taken our place since, he may call us or not: no windows then. */
bool mol_window_begin(void)
{
	bool ok;

	pthread_mutex_lock(&lock);
	if (!installed)
		installed = install();
	ok = installed && are_ours();
	users += ok;
	pthread_mutex_unlock(&lock);
	return ok;
}

/* Who has taken our place may call us: what we would hand to stays then as it is. */
void mol_window_end(void)
{
	pthread_mutex_lock(&lock);
	if (!--users && are_ours()) {
		for (unsigned n = 0; n < 2; n++) {
			if (atomic_load(&spent[n]))
				before[n] = (struct sigaction){ .sa_handler = SIG_DFL };
			sigaction(signals[n], &before[n], NULL);
		}
		installed = false;
	}
	pthread_mutex_unlock(&lock);
}
