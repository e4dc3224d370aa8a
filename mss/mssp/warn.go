package mssp

import (
	"log/slog"
	"sync"
)

// onceWarning logs one warning once in its life.
type onceWarning struct{ once sync.Once }

func (w *onceWarning) warn(l *slog.Logger, msg string) {
	w.once.Do(func() { l.Warn(msg) })
}
