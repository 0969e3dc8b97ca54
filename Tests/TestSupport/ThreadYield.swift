import Glibc

/// Lets another thread run. Not a wait: what is waited for is looked at again right away.
public func yieldThread() { sched_yield() }
