package main

import "context"

func (b *bench) tray(_ context.Context) error { return nil }
