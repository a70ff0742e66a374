package live

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Opt is a field that a change may carry or leave out. A nullable field is an Opt of a pointer: null then means "now nil".
type Opt[T any] struct {
	Set   bool
	Value T
}

// Some makes an Opt that carries v.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, Value: v} }

// IsZero says that the field was left out; encoding/json asks it for omitzero.
func (o Opt[T]) IsZero() bool { return !o.Set }

// MarshalJSON writes the value alone.
func (o Opt[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.Value) }

// UnmarshalJSON notes that the field is there. A null for a field that cannot be null counts as left out.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	var v T
	if bytes.Equal(b, []byte("null")) && reflect.TypeFor[T]().Kind() != reflect.Pointer {
		return nil
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	o.Set, o.Value = true, v
	return nil
}

func (o Opt[T]) apply(to *T) {
	if o.Set {
		*to = o.Value
	}
}
