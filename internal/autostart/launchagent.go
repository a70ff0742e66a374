package autostart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// launchAgent is a file in ~/Library/LaunchAgents (man launchd.plist). Its name is ours alone, so a file with our label is ours.
type launchAgent struct{ path string }

func (l launchAgent) where() string { return l.path }

func (l launchAgent) write(program string) error {
	var escaped strings.Builder
	if err := xml.EscapeText(&escaped, []byte(program)); err != nil {
		return err
	}
	return writeFile(l.path, fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>%s</string>
	<key>ProgramArguments</key>
	<array>
		<string>%s</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
</dict>
</plist>
`, Label, escaped.String()))
}

func (l launchAgent) remove() error { return os.Remove(l.path) }

func (l launchAgent) read() (program string, on bool, err error) {
	f, err := os.Open(l.path)
	if err != nil {
		return "", false, err
	}
	defer f.Close() //nolint:errcheck // read only
	label, arguments, atLoad, err := plist(io.LimitReader(f, 1<<20))
	if err != nil || label != Label || len(arguments) == 0 {
		return "", false, errForeign
	}
	return arguments[0], atLoad, nil
}

// plist reads the three keys that count.
func plist(r io.Reader) (label string, arguments []string, atLoad bool, err error) {
	decoder := xml.NewDecoder(r)
	key, text := "", ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return label, arguments, atLoad, nil
		}
		if err != nil {
			return "", nil, false, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			text = ""
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			switch token.Name.Local {
			case "key":
				key = text
			case "string":
				switch key {
				case "Label":
					label = text
				case "ProgramArguments":
					arguments = append(arguments, text)
				}
			case "true":
				atLoad = atLoad || key == "RunAtLoad"
			}
		}
	}
}
