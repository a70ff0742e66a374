package autostart

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

// System is the registry of the user who runs this program.
func System() Registry { return currentUser{} }

type currentUser struct{}

// Text implements Registry.
func (currentUser) Text(key, name string) (string, bool, error) {
	var value string
	there, err := lookUp(key, func(k registry.Key) (err error) {
		value, _, err = k.GetStringValue(name)
		return err
	})
	return value, there, err
}

// Binary implements Registry.
func (currentUser) Binary(key, name string) ([]byte, bool, error) {
	var value []byte
	there, err := lookUp(key, func(k registry.Key) (err error) {
		value, _, err = k.GetBinaryValue(name)
		return err
	})
	return value, there, err
}

func lookUp(key string, get func(registry.Key) error) (there bool, err error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, key, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("open the registry's %s: %w", key, err)
	}
	defer k.Close() //nolint:errcheck // read only
	switch err := get(k); {
	case errors.Is(err, registry.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read the registry's %s: %w", key, err)
	}
	return true, nil
}

// SetText implements Registry.
func (currentUser) SetText(key, name, value string) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, key, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("open the registry's %s: %w", key, err)
	}
	if err := errors.Join(k.SetStringValue(name, value), k.Close()); err != nil {
		return fmt.Errorf("write the registry's %s: %w", key, err)
	}
	return nil
}

// Delete implements Registry.
func (currentUser) Delete(key, name string) error {
	k, err := registry.OpenKey(registry.CURRENT_USER, key, registry.SET_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the registry's %s: %w", key, err)
	}
	defer k.Close() //nolint:errcheck // nothing is buffered
	if err := k.DeleteValue(name); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return fmt.Errorf("write the registry's %s: %w", key, err)
	}
	return nil
}
