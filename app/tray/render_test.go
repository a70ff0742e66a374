package tray

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/takebar/takebar/app"
	"github.com/takebar/takebar/app/tray/icons"
)

// host is a surface as strict as the strictest system: items can only be appended, nothing may be drawn on a hidden one, a hidden one
// cannot become a submenu, and a separator stays for good.
type host struct {
	t     *testing.T
	mu    sync.Mutex
	root  hostItem
	calls []string
}

type hostItem struct {
	it       app.Item
	hidden   bool
	removed  bool
	clicked  func()
	children []*hostItem
}

func (h *host) at(p handle) *hostItem {
	if p == nil {
		return &h.root
	}
	return p.(*hostItem)
}

// note is called with the lock held.
func (h *host) note(format string, args ...any) {
	h.calls = append(h.calls, fmt.Sprintf(format, args...))
}

// took gives the calls since it was asked last.
func (h *host) took() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	calls := h.calls
	h.calls = nil
	return calls
}

func (h *host) add(p handle, it app.Item, clicked func()) handle {
	h.mu.Lock()
	defer h.mu.Unlock()
	parent := h.at(p)
	if parent.hidden || parent.removed {
		h.t.Errorf("add %q below a hidden item", it.Key)
	}
	item := &hostItem{it: it, clicked: clicked}
	item.it.Children = nil
	parent.children = append(parent.children, item)
	h.note("add %s", it.Key)
	return item
}

func (h *host) separator(p handle) {
	h.mu.Lock()
	defer h.mu.Unlock()
	parent := h.at(p)
	parent.children = append(parent.children, &hostItem{it: app.Item{Kind: app.Separator}})
}

func (h *host) update(p handle, c app.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	item := h.at(p)
	if item.hidden || item.removed {
		// On Windows systray would make it visible again; showing it right afterwards is fine, as is doing so here.
		item.hidden = false
	}
	if c.Label {
		item.it.Label = c.Item.Label
	}
	if c.Enabled {
		item.it.Disabled = c.Item.Disabled
	}
	if c.Checked {
		item.it.Checked = c.Item.Checked
	}
	h.note("update %s", c.Item.Key)
}

func (h *host) show(p handle) {
	h.mu.Lock()
	defer h.mu.Unlock()
	item := h.at(p)
	item.hidden = false
	h.note("show %s", item.it.Key)
}

func (h *host) hide(p handle) {
	h.mu.Lock()
	defer h.mu.Unlock()
	item := h.at(p)
	if item.hidden {
		h.t.Errorf("hide %q, which is hidden", item.it.Key)
	}
	item.hidden = true
	h.note("hide %s", item.it.Key)
}

func (h *host) remove(p handle) {
	h.mu.Lock()
	defer h.mu.Unlock()
	item := h.at(p)
	if !item.hidden {
		h.t.Errorf("remove %q, which is visible", item.it.Key)
	}
	item.removed = true
	h.note("remove %s", item.it.Key)
}

func (h *host) icon(s app.IconState) { h.look("icon", string(s)) }
func (h *host) clock(s string)       { h.look("clock", s) }
func (h *host) tooltip(s string)     { h.look("tooltip", s) }

func (h *host) look(what, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note("%s %s", what, text)
}

func (h *host) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var b strings.Builder
	var walk func(items []*hostItem, depth int)
	walk = func(items []*hostItem, depth int) {
		for _, it := range items {
			if it.hidden || it.removed {
				continue
			}
			fmt.Fprintf(&b, "%s%s|%s|%v|%v\n", strings.Repeat("  ", depth), it.it.Kind, it.it.Label, it.it.Disabled, it.it.Checked)
			if it.it.Kind != app.Submenu || !it.it.Disabled {
				walk(it.children, depth+1)
			}
		}
	}
	walk(h.root.children, 0)
	return b.String()
}

func wanted(m app.MenuModel) string {
	var b strings.Builder
	var walk func(items []app.Item, depth int)
	walk = func(items []app.Item, depth int) {
		for _, it := range items {
			if it.Hidden {
				continue
			}
			fmt.Fprintf(&b, "%s%s|%s|%v|%v\n", strings.Repeat("  ", depth), it.Kind, it.Label, it.Disabled, it.Checked)
			if it.Kind != app.Submenu || !it.Disabled {
				walk(it.Children, depth+1)
			}
		}
	}
	walk(m.Items, 0)
	return b.String()
}

func action(key string) app.Item { return app.Item{Key: key, Kind: app.Action, Label: key} }

func submenu(key string, children ...app.Item) app.Item {
	return app.Item{Key: key, Kind: app.Submenu, Label: key, Children: children}
}

func menu(items ...app.Item) app.MenuModel { return app.MenuModel{Items: items} }

func hidden(it app.Item) app.Item { it.Hidden = true; return it }

func TestRendererTouchesOnlyWhatChanged(t *testing.T) {
	sep := app.Item{Key: "sep", Kind: app.Separator}
	labelled := action("a")
	labelled.Label = "A"
	tests := []struct {
		name string
		from app.MenuModel
		to   app.MenuModel
		want string
	}{
		{"nothing", menu(action("a"), sep), menu(action("a"), sep), ""},
		{"a label", menu(action("a"), action("b")), menu(labelled, action("b")), "update a"},
		{"hiding", menu(action("a"), action("b")), menu(hidden(action("a")), action("b")), "hide a"},
		{"a label while hidden", menu(hidden(action("a"))), menu(hidden(labelled)), ""},
		{"showing with a new label", menu(hidden(action("a"))), menu(labelled), "update a, show a"},
		{"appending", menu(submenu("m", action("a"))), menu(submenu("m", action("a"), action("b"))), "add b"},
		{"one less", menu(submenu("m", action("a"), action("b"), action("c"))), menu(submenu("m", action("a"), action("c"))), "hide b"},
		{"inserting", menu(submenu("m", action("a"), action("c"))), menu(submenu("m", action("a"), action("b"), action("c"))), "hide c, add b, add c"},
		{"only the submenu concerned", menu(submenu("m", action("a")), submenu("n", action("b"))), menu(submenu("m", action("x")), submenu("n", action("b"))), "hide a, add x"},
		{"disabled and empty", menu(submenu("m", action("a"))), menu(app.Item{Key: "m", Kind: app.Submenu, Label: "m", Disabled: true}), "update m"},
		{"icon", app.MenuModel{Icon: app.IconNoLive}, app.MenuModel{Icon: app.IconArmed, Clock: "0:01", Tooltip: "x"}, "icon armed, clock 0:01, tooltip x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := &host{t: t}
			r := newRenderer(h, time.Now, func(string) {})
			r.draw(test.from)
			_ = h.took()
			r.draw(test.to)
			if got := strings.Join(h.took(), ", "); got != test.want {
				t.Errorf("calls %q, want %q", got, test.want)
			}
			if h.String() != wanted(test.to) {
				t.Errorf("shows\n%swant\n%s", h, wanted(test.to))
			}
		})
	}
}

func TestRendererBringsBackWhatLeft(t *testing.T) {
	h := &host{t: t}
	now := time.Unix(0, 0)
	r := newRenderer(h, func() time.Time { return now }, func(string) {})
	full, short := menu(submenu("m", action("a"), action("b"))), menu(submenu("m", action("b")))
	r.draw(full)
	r.draw(short)
	_ = h.took()
	r.draw(full)
	if got := strings.Join(h.took(), ", "); got != "show a" {
		t.Errorf("calls %q, want it shown again", got)
	}
	r.draw(short)
	now = now.Add(keepHidden + time.Second)
	r.draw(menu(submenu("m", action("b"), action("c"))))
	r.tidy()
	if calls := h.took(); !slices.Contains(calls, "remove a") || r.byKey["a"] != nil {
		t.Errorf("calls %q, want it removed at last", calls)
	}
	r.draw(full)
	if h.String() != wanted(full) {
		t.Errorf("shows\n%swant\n%s", h, wanted(full))
	}
}

func TestClicksCarryTheKey(t *testing.T) {
	h := &host{t: t}
	var got []string
	r := newRenderer(h, time.Now, func(key string) { got = append(got, key) })
	r.draw(menu(submenu("m", action("a"), action("b"))))
	r.draw(menu(submenu("m", action("b"), action("a"))))
	for _, it := range h.root.children[0].children {
		it.clicked()
	}
	// The first a is what a host that has not caught up still shows: its click means a, whatever stands there now.
	if want := "a b a"; strings.Join(got, " ") != want {
		t.Errorf("clicks on %v, want %s", got, want)
	}
}

// TestRendererFollowsAnySequence draws random menus one after the other; the host must always show the last one.
func TestRendererFollowsAnySequence(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		h := &host{t: t}
		now := time.Unix(0, 0)
		r := newRenderer(h, func() time.Time { return now }, func(string) {})
		for step := range 30 {
			m := randomMenu(random)
			now = now.Add(time.Duration(random.IntN(90)) * time.Second)
			r.draw(m)
			r.tidy()
			if h.String() != wanted(m) {
				t.Fatalf("seed %d, step %d: shows\n%swant\n%s", seed, step, h, wanted(m))
			}
		}
	}
}

// randomMenu has a fixed frame with separators, like the real one, and submenus whose children come, go and move.
func randomMenu(random *rand.Rand) app.MenuModel {
	coin := func() bool { return random.IntN(2) == 0 }
	leaf := func(key string) app.Item {
		it := app.Item{Key: key, Kind: app.Check, Label: fmt.Sprint(key, random.IntN(3)), Disabled: coin(), Checked: coin(), Hidden: random.IntN(4) == 0}
		return it
	}
	shuffled := func(prefix string) []app.Item {
		var items []app.Item
		for _, n := range random.Perm(8)[:random.IntN(8)] {
			it := leaf(fmt.Sprint(prefix, n))
			if n == 7 {
				it = submenu(it.Key, leaf(prefix+"x"), leaf(prefix+"y"))
				it.Hidden, it.Disabled = coin(), coin()
			}
			items = append(items, it)
		}
		return items
	}
	m := menu(leaf("top"), app.Item{Key: "s1", Kind: app.Separator})
	for _, key := range []string{"m", "n"} {
		sub := submenu(key, shuffled(key)...)
		sub.Disabled, sub.Hidden = random.IntN(4) == 0, random.IntN(4) == 0
		if sub.Disabled && coin() {
			sub.Children = nil
		}
		m.Items = append(m.Items, sub)
	}
	m.Items = append(m.Items, app.Item{Key: "s2", Kind: app.Separator}, leaf("bottom"))
	return m
}

func TestEveryStateHasAnIconOfItsOwn(t *testing.T) {
	seen := map[string]app.IconState{}
	for _, state := range app.IconStates() {
		picture := string(icons.For(string(state)).Image)
		if other, twice := seen[picture]; twice || picture == "" {
			t.Errorf("%s has the icon of %q", state, other)
		}
		seen[picture] = state
	}
}
