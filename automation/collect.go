package automation

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// collect moves the verified files of an item under its name into the output folder, with their receipts.
func (r *batchRun) collect(item *Item, res Result) Result {
	if !res.Outcome.Good() {
		return res
	}
	out := r.e.batchOut(r.b)
	if err := os.MkdirAll(out, 0o750); err != nil {
		return r.notMoved(res, err)
	}
	for i := range res.Files {
		f := &res.Files[i]
		name := item.Name()
		if len(res.Files) > 1 {
			name += " - " + strings.TrimSuffix(filepath.Base(f.Path), filepath.Ext(f.Path))
		}
		to, err := moveFile(f.Path, out, safeName(name), filepath.Ext(f.Path), f.SHA256)
		if err != nil {
			return r.notMoved(res, err)
		}
		if err := moveReceipt(f.Path, to); err != nil {
			r.e.o.Logger.Warn("moving a receipt", "file", to, "err", err)
		}
		f.Path = to
		item.Files = append(item.Files, to)
	}
	return res
}

// notMoved keeps the outcome of the export itself: the file is good, it is only elsewhere.
func (r *batchRun) notMoved(res Result, err error) Result {
	res.Outcome = WithWarnings
	res.Warnings = append(res.Warnings, Warning{"not_moved", fmt.Sprintf("The file is good, but could not be moved to the output folder: %v", err)})
	return res
}

// moveFile moves a file into a folder under a free name. It never overwrites; across disks it copies, checks the sum and only then removes.
func moveFile(from, dir, name, ext, sum string) (string, error) {
	for n := 1; n < 10000; n++ {
		to := filepath.Join(dir, name+ext)
		if n > 1 {
			to = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", name, n, ext))
		}
		place, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("creating %s: %w", to, err)
		}
		if err := place.Close(); err != nil {
			return "", fmt.Errorf("creating %s: %w", to, err)
		}
		if err := os.Rename(from, to); err == nil { // over our own empty file
			return to, nil
		}
		if err := copyChecked(from, to, sum); err != nil {
			return "", errors.Join(err, os.Remove(to))
		}
		return to, os.Remove(from)
	}
	return "", fmt.Errorf("there are too many files named %s in %s", name, dir)
}

func copyChecked(from, to, sum string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = in.Close() }() // opened for reading
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return fmt.Errorf("opening %s: %w", to, err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("copying to %s: %w", to, err)
	}
	back, err := os.Open(to)
	if err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	defer func() { _ = back.Close() }() // opened for reading
	h := sha256.New()
	if _, err := io.Copy(h, back); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return fmt.Errorf("the copy %s differs from the file", to)
	}
	return nil
}

// moveReceipt rewrites the receipt beside the file's new place.
func moveReceipt(from, to string) error {
	var rec Receipt
	if err := readJSON(from+receiptSuffix, &rec); err != nil {
		return err
	}
	rec.File.Path = to
	if err := writeJSON(to+receiptSuffix, rec); err != nil {
		return err
	}
	return os.Remove(from + receiptSuffix)
}

// safeName makes a file name that Windows, macOS and Linux take.
func safeName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '_'
		}
		return r
	}, s)
	if s = strings.TrimRight(strings.TrimSpace(s), ". "); s == "" {
		s = "export"
	}
	for len(s) > 180 {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	return s
}

// report writes the batch as JSON, beside the files and into Takebar's folder.
func (r *batchRun) report() error {
	r.b.Report = ""
	own := r.e.store.path("reports", r.b.ID+".json")
	if err := writeJSON(own, r.b); err != nil {
		return err
	}
	r.b.Report = own
	out := filepath.Join(r.e.batchOut(r.b), "takebar-batch-"+r.b.ID+".json")
	if st, err := os.Stat(filepath.Dir(out)); err == nil && st.IsDir() {
		if err := writeJSON(out, r.b); err != nil {
			r.e.o.Logger.Warn("writing the report beside the files", "err", err)
			return nil
		}
		r.b.Report = out
	}
	return nil
}
