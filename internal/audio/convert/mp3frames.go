package convert

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// mp3Info is what the frames of an MP3 tell.
type mp3Info struct {
	rate     int
	channels int
	frames   int64 // of the file, without the first one that only describes it
	samples  int64 // in each channel, after cutting what the encoder added
	exact    bool  // the encoder noted what it added
}

// Bit rates in kbit/s of layer III, for MPEG 1 and for the lower sample rates (ISO 11172-3 and 13818-3).
func mp3Bitrates(low bool) [16]int {
	if low {
		return [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	}
	return [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
}

// mp3Header is the head of one frame.
type mp3Header struct {
	rate, channels int
	size           int // of the frame in bytes, its head included
	samples        int
	side           int // bytes of side information
}

var errNoFrame = errors.New("a frame does not begin where it should")

func parseMP3Header(b []byte) (h mp3Header, err error) {
	if b[0] != 0xFF || b[1]&0xE6 != 0xE2 { // layer III
		return h, errNoFrame
	}
	version := b[1] >> 3 & 3 // 3 = MPEG 1, 2 = MPEG 2, 0 = MPEG 2.5
	rates := [3]int{44100, 48000, 32000}
	index := b[2] >> 2 & 3
	bitrate := mp3Bitrates(version != 3)[b[2]>>4]
	if version == 1 || index == 3 || bitrate == 0 {
		return h, errNoFrame
	}
	h = mp3Header{rate: rates[index], channels: 2, samples: 1152, side: 32}
	if version != 3 {
		h.rate, h.samples, h.side = h.rate>>1, 576, 17
	}
	if version == 0 {
		h.rate >>= 1
	}
	if b[3]>>6 == 3 {
		h.channels, h.side = 1, h.side/2+1
		if version != 3 {
			h.side = 9
		}
	}
	h.size = h.samples / 8 * bitrate * 1000 / h.rate
	if b[2]>>1&1 == 1 {
		h.size++
	}
	return h, nil
}

// scanMP3 walks through all frames of an MP3 without tags before or after it.
func scanMP3(r io.Reader) (info mp3Info, err error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var said uint32 // frames, by the first one
	var added int64
	for n := int64(0); ; n++ {
		head, err := in.Peek(4)
		if errors.Is(err, io.EOF) && len(head) == 0 {
			break
		}
		if err != nil {
			return info, fmt.Errorf("it ends within frame %d", n)
		}
		h, err := parseMP3Header(head)
		if err != nil {
			return info, fmt.Errorf("frame %d: %w", n, err)
		}
		body := make([]byte, h.size)
		if _, err := io.ReadFull(in, body); err != nil {
			return info, fmt.Errorf("it ends within frame %d", n)
		}
		if n == 0 {
			info.rate, info.channels = h.rate, h.channels
			if said, added, info.exact = parseInfoTag(body, h); info.exact {
				continue
			}
		}
		if h.rate != info.rate || h.channels != info.channels {
			return info, fmt.Errorf("frame %d is of another kind", n)
		}
		info.frames++
		info.samples += int64(h.samples)
	}
	if info.exact && int64(said) != info.frames {
		return info, fmt.Errorf("it has %d frames, its head says %d", info.frames, said)
	}
	info.samples -= added
	return info, nil
}

// parseInfoTag reads the frame that LAME puts first: how many frames follow and
// how many samples the encoder added at both ends.
func parseInfoTag(frame []byte, h mp3Header) (frames uint32, added int64, ok bool) {
	at := 4 + h.side
	if len(frame) < at+144 || string(frame[at:at+4]) != "Xing" && string(frame[at:at+4]) != "Info" {
		return 0, 0, false
	}
	tag := frame[at:]
	if flags := binary.BigEndian.Uint32(tag[4:]); flags&15 != 15 {
		return 0, 0, false // then the fields are in other places
	}
	pad := tag[141:]
	delay := int64(pad[0])<<4 | int64(pad[1])>>4
	end := int64(pad[1]&15)<<8 | int64(pad[2])
	return binary.BigEndian.Uint32(tag[8:]), delay + end, true
}
