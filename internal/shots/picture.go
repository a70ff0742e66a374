//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os/exec"
	"strconv"
	"strings"

	"github.com/takebar/takebar/internal/traytest"
)

// picture is a picture of the screen, with the tray's menu open or not.
type picture struct {
	file   string
	open   string
	crop   string
	closed bool
}

func (p picture) take(ctx context.Context, pid int) error {
	item, done, err := findItem(ctx, pid)
	if err != nil {
		return err
	}
	defer done()
	menu, err := item.Menu(ctx)
	if err != nil {
		return err
	}
	if !p.closed {
		if err := p.openMenu(ctx, menu); err != nil {
			return err
		}
	} else if _, err := settled(ctx, nil); err != nil {
		return err
	}
	if err := p.write(ctx); err != nil {
		return err
	}
	if p.closed {
		return nil
	}
	return p.closeMenu(ctx)
}

// openMenu clicks the icon, then walks to the submenu with the keyboard, as a user without a mouse would: menus leave out what cannot
// be chosen, so the number of steps follows from the menu itself.
func (p picture) openMenu(ctx context.Context, menu *traytest.Node) error {
	before, err := screen(ctx)
	if err != nil {
		return err
	}
	x, y := iconPlace(before)
	if err := tool(ctx, "xdotool", "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1"); err != nil {
		return err
	}
	now, err := settled(ctx, before)
	if err != nil {
		return fmt.Errorf("open the menu: %w", err)
	}
	if p.open == "" {
		return nil
	}
	node := menu
	for _, label := range strings.Split(p.open, "/") {
		steps, next := stepsTo(node, label)
		if next == nil {
			return fmt.Errorf("there is no submenu %q in\n%s", label, node)
		}
		if node != menu {
			steps-- // opening a submenu selects its first item
		}
		keys := []string{"key", "--delay", "40"}
		for range steps {
			keys = append(keys, "Down")
		}
		if err := tool(ctx, "xdotool", append(keys, "Right")...); err != nil {
			return err
		}
		if now, err = settled(ctx, now); err != nil {
			return fmt.Errorf("open %q: %w", label, err)
		}
		node = next
	}
	return nil
}

func (p picture) closeMenu(ctx context.Context) error {
	for range strings.Count(p.open, "/") + 2 {
		if err := tool(ctx, "xdotool", "key", "Escape"); err != nil {
			return err
		}
	}
	return tool(ctx, "xdotool", "mousemove", "5", "400")
}

// stepsTo counts how often to press Down from above the menu's first item.
func stepsTo(menu *traytest.Node, label string) (int, *traytest.Node) {
	target := menu.Find(label)
	steps := 0
	for _, n := range menu.Children {
		if !n.Visible || n.Separator || !n.Enabled {
			continue
		}
		steps++
		if n == target {
			return steps, n
		}
	}
	return 0, nil
}

// iconPlace is the middle of the last icon on the panel.
func iconPlace(screen image.Image) (x, y int) {
	return screen.Bounds().Dx() - panelHeight/2, panelHeight / 2
}

// settled waits until the screen differs from before and has stopped changing.
func settled(ctx context.Context, before image.Image) (image.Image, error) {
	var last image.Image
	still := 0
	err := poll(ctx, "the screen to settle", func() (bool, error) {
		now, err := screen(ctx)
		if err != nil {
			return false, err
		}
		switch {
		case before != nil && same(before, now):
			return false, errors.New("nothing has changed")
		case last != nil && same(last, now):
			still++
		default:
			still = 0
		}
		last = now
		return still >= 2, nil
	})
	return last, err
}

// same compares two screens below the panel, on which a clock may run.
func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := panelHeight; y < a.Bounds().Dy(); y += 2 {
		for x := 0; x < a.Bounds().Dx(); x += 2 {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

func screen(ctx context.Context) (image.Image, error) {
	out, err := exec.CommandContext(ctx, "import", "-silent", "-window", "root", "-define", "png:compression-level=1", "png24:-").Output()
	if err != nil {
		return nil, fmt.Errorf("look at the screen: %w", err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		return nil, fmt.Errorf("look at the screen: %w", err)
	}
	return img, nil
}

func (p picture) write(ctx context.Context) error {
	args := []string{"-silent", "-window", "root"}
	if p.crop != "" {
		args = append(args, "-crop", p.crop, "+repage")
	}
	return tool(ctx, "import", append(args, "-strip", "png24:"+p.file)...)
}

func tool(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("run %s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
