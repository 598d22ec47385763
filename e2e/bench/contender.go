package main

import "context"

// contender fills one column of some rows.
type contender struct {
	column string
	into   []row
	// prove checks once, before the clock runs, that the contender does what
	// the row says; nil if run itself checks.
	prove func(context.Context) error
	// run measures once, in the rows' unit.
	run func(context.Context) (float64, error)
}

// alternate lets the contenders take turns and puts the median of each into its
// rows. A contender that fails once is out.
func (l *lab) alternate(ctx context.Context, contenders []contender) {
	samples := make([][]float64, len(contenders))
	out := make([]bool, len(contenders))
	attempt := func(i int, f func() error) {
		if out[i] || ctx.Err() != nil {
			return
		}
		if err := f(); err != nil && ctx.Err() == nil {
			out[i] = true
			l.fail(contenders[i].into, contenders[i].column, err)
		}
	}
	for i, c := range contenders {
		if c.prove != nil {
			attempt(i, func() error { return c.prove(ctx) })
		}
	}
	for range l.rounds {
		for i, c := range contenders {
			attempt(i, func() error {
				value, err := c.run(ctx)
				samples[i] = append(samples[i], value)
				return err
			})
		}
	}
	for i, c := range contenders {
		for _, r := range c.into {
			if !out[i] {
				r.values[c.column] = median(samples[i])
			}
		}
	}
}

// broken is a contender that could not be prepared.
func broken(column string, into []row, err error) contender {
	return contender{column: column, into: into, prove: func(context.Context) error { return err }}
}

// meanOf makes one sample of n runs, in milliseconds.
func meanOf(n int, run func(context.Context) (float64, error)) func(context.Context) (float64, error) {
	return func(ctx context.Context) (float64, error) {
		sum := 0.0
		for range n {
			seconds, err := run(ctx)
			if err != nil {
				return 0, err
			}
			sum += seconds
		}
		return 1000 * sum / float64(n), nil
	}
}
