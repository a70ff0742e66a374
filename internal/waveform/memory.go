package waveform

import (
	"container/list"
	"sync"

	"github.com/takebar/takebar/internal/audio"
)

// kept is one waveform of one file. Nobody changes it once it is made.
type kept struct {
	frames int64 // of the file
	peaks  *audio.Peaks
}

type memoryKey struct {
	path string
	what kind
}

// memory keeps what was used last, as far as the bytes go. A changed file takes the place of what it was before.
type memory struct {
	mu    sync.Mutex
	room  int64
	used  int64
	items map[memoryKey]*list.Element
	order *list.List // of *memoryItem, the last used in front
}

type memoryItem struct {
	key memoryKey
	src source
	k   kept
}

func (i *memoryItem) bytes() int64 { return int64(2*len(i.k.peaks.Data)) + 256 }

func newMemory(room int64) *memory {
	return &memory{room: room, items: map[memoryKey]*list.Element{}, order: list.New()}
}

func (m *memory) get(src source, what kind) (kept, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.items[memoryKey{src.path, what}]
	if !ok || e.Value.(*memoryItem).src != src {
		return kept{}, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*memoryItem).k, true
}

func (m *memory) put(src source, what kind, k kept) {
	m.mu.Lock()
	defer m.mu.Unlock()
	item := &memoryItem{key: memoryKey{src.path, what}, src: src, k: k}
	if e, ok := m.items[item.key]; ok {
		m.drop(e)
	}
	m.items[item.key] = m.order.PushFront(item)
	m.used += item.bytes()
	for m.used > m.room {
		m.drop(m.order.Back())
	}
}

func (m *memory) drop(e *list.Element) {
	item := m.order.Remove(e).(*memoryItem)
	delete(m.items, item.key)
	m.used -= item.bytes()
}
