// Command gen draws Takebar's icons: PNG files for Linux, template PNG files for macOS, ICO files for Windows, and the
// application's icon. `go generate ./app/tray/icons` runs it. The same source gives the same pixels.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// Sizes in pixels. A Linux panel scales the one picture that it gets: 44 is exactly twice the 22 of most panels and sharp on
// those with double resolution. macOS shows 16 points, 32 pixels on its displays. Windows picks from an ICO.
var (
	linuxSizes   = []int{44}
	macSizes     = []int{32}
	windowsSizes = []int{16, 20, 24, 32, 40, 48, 64}
)

const (
	appIconSize      = 1024
	notificationSize = 96
)

func main() {
	dir := flag.String("dir", ".", "folder for the menu-bar icons")
	appIcon := flag.String("app-icon", "", "file for the application's icon; none without it")
	notification := flag.String("notification", "", "file for the picture in desktop notifications; none without it")
	flag.Parse()
	if err := write(*dir, map[string]int{*appIcon: appIconSize, *notification: notificationSize}); err != nil {
		fmt.Fprintln(os.Stderr, "draw icons:", err)
		os.Exit(1)
	}
}

// write draws the menu-bar icons into dir, and the application's icon into each of the named files at that size.
func write(dir string, application map[string]int) error {
	files, err := drawAll()
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("write icon: %w", err)
		}
	}
	for name, size := range application {
		if name == "" {
			continue
		}
		content, err := encode(applicationIcon(size))
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, content, 0o644); err != nil {
			return fmt.Errorf("write the application's icon: %w", err)
		}
	}
	return nil
}

// drawAll gives every menu-bar icon by its file name.
func drawAll() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, state := range states {
		for _, size := range linuxSizes {
			content, err := encode(forSystray(colour(state, size)))
			if err != nil {
				return nil, err
			}
			files[fmt.Sprintf("%s-%d.png", state, size)] = content
		}
		for _, size := range macSizes {
			content, err := encode(template(state, size))
			if err != nil {
				return nil, err
			}
			files[fmt.Sprintf("%s-template-%d.png", state, size)] = content
		}
		var images []*image.NRGBA
		for _, size := range windowsSizes {
			images = append(images, colour(state, size))
		}
		files[state+".ico"] = ico(images)
	}
	return files, nil
}

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encode icon: %w", err)
	}
	return b.Bytes(), nil
}
