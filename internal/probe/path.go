package probe

import (
	"context"
	"fmt"
	"os"
)

// looker is ready when the path exists; a symbolic link must lead somewhere. A
// file system that hangs cannot be told to stop: the look goes on behind the try
// that was given up, and the next try waits for the same look.
func (s Spec) looker() attempt {
	var looking chan error
	return func(ctx context.Context) error {
		if looking == nil {
			looking = make(chan error, 1)
			go func(done chan<- error) {
				_, err := os.Stat(s.Path)
				done <- err
			}(looking)
		}
		select {
		case err := <-looking:
			looking = nil
			if err != nil {
				return fmt.Errorf("%v: %w", s, innermost(err))
			}
			return nil
		case <-ctx.Done():
			return fmt.Errorf("%v: the file system does not answer", s)
		}
	}
}
