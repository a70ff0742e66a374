package convert

import (
	"context"
	"runtime"
	"sync"
)

// All converts several recordings, on as many cores as there are. done, if not
// nil, is told of each job as it ends, and opt.Progress of its steps; both are
// called by one goroutine at a time. The results are in the order of the jobs;
// those that failed have an error in their place. When ctx ends, so do all jobs.
func All(ctx context.Context, jobs []Job, opt Options, done func(job int, r Result, err error)) ([]Result, []error) {
	results, errs := make([]Result, len(jobs)), make([]error, len(jobs))
	if opt.Tools == nil {
		opt.Tools = FindTools()
	}
	var mu sync.Mutex
	progress := opt.Progress
	var workers sync.WaitGroup
	next := make(chan int)
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				own := opt
				if progress != nil {
					own.Progress = func(p Progress) {
						mu.Lock()
						defer mu.Unlock()
						p.Job = i
						progress(p)
					}
				}
				results[i], errs[i] = Convert(ctx, jobs[i], own)
				if done != nil {
					mu.Lock()
					done(i, results[i], errs[i])
					mu.Unlock()
				}
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, errs
}
