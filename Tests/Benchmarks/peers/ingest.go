// The webhook ingest of a competent Go server, to measure ours against: net/http, HMAC over the raw body, JSON decode,
// JSON encode of one normalized message each, published persistently to a quorum queue over amqp091-go with pipelined
// confirms on one channel; 200 only after the broker's confirm.
//
// Build: GO111MODULE=off GOPATH=/usr/share/gocode go build -o ingest-peer ingest.go
package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

type webhook struct {
	Object string `json:"object"`
	Entry  []struct {
		ID      string `json:"id"`
		Changes []struct {
			Field string `json:"field"`
			Value struct {
				Product  string `json:"messaging_product"`
				Metadata struct {
					DisplayPhoneNumber string `json:"display_phone_number"`
					PhoneNumberID      string `json:"phone_number_id"`
				} `json:"metadata"`
				Contacts []struct {
					Profile struct {
						Name string `json:"name"`
					} `json:"profile"`
					WaID string `json:"wa_id"`
				} `json:"contacts"`
				Messages []struct {
					From      string `json:"from"`
					ID        string `json:"id"`
					Timestamp string `json:"timestamp"`
					Type      string `json:"type"`
					Text      struct {
						Body string `json:"body"`
					} `json:"text"`
				} `json:"messages"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

type content struct {
	Text string `json:"text,omitempty"`
}

type normalized struct {
	ID             string            `json:"id"`
	TenantID       string            `json:"tenantId"`
	ChannelID      string            `json:"channelId"`
	Channel        string            `json:"channel"`
	ConversationID string            `json:"conversationId"`
	ExternalID     string            `json:"externalId,omitempty"`
	Direction      string            `json:"direction"`
	From           string            `json:"from"`
	To             string            `json:"to,omitempty"`
	Timestamp      string            `json:"timestamp"`
	Type           string            `json:"type"`
	Content        content           `json:"content"`
	Metadata       map[string]string `json:"metadata,omitempty"`
}

func uuidv7() string {
	var b [16]byte
	if _, err := rand.Read(b[6:]); err != nil {
		panic(err)
	}
	ms := uint64(time.Now().UnixMilli())
	binary.BigEndian.PutUint32(b[0:4], uint32(ms>>16))
	binary.BigEndian.PutUint16(b[4:6], uint16(ms))
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[0:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

type server struct {
	tenant, channelID, number string
	secret                    []byte
	queue                     string
	channel                   *amqp.Channel
}

const prefix = "/api/integrations/whatsapp/"

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, prefix) || r.URL.Path[len(prefix):] != s.tenant {
		http.Error(w, "no such channel", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 3<<20))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	signature := r.Header.Get("X-Hub-Signature-256")
	if !strings.HasPrefix(signature, "sha256=") {
		http.Error(w, "no signature", http.StatusUnauthorized)
		return
	}
	given, err := hex.DecodeString(signature[7:])
	mac := hmac.New(sha256.New, s.secret)
	mac.Write(body)
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	var hook webhook
	if err := json.Unmarshal(body, &hook); err != nil || hook.Object != "whatsapp_business_account" {
		http.Error(w, "not a webhook", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
	defer cancel()
	var confirms []*amqp.DeferredConfirmation
	for _, entry := range hook.Entry {
		for _, change := range entry.Changes {
			value := &change.Value
			if value.Metadata.PhoneNumberID != s.number {
				continue
			}
			for _, message := range value.Messages {
				seconds, _ := strconv.ParseInt(message.Timestamp, 10, 64)
				out := normalized{
					ID: uuidv7(), TenantID: s.tenant, ChannelID: s.channelID, Channel: "whatsapp",
					ConversationID: s.channelID + ":" + message.From, ExternalID: message.ID,
					Direction: "inbound", From: message.From, To: value.Metadata.PhoneNumberID,
					Timestamp: time.Unix(seconds, 0).UTC().Format("2006-01-02T15:04:05.000Z"),
					Type:      message.Type, Content: content{Text: message.Text.Body},
				}
				if len(value.Contacts) > 0 {
					out.Metadata = map[string]string{"profileName": value.Contacts[0].Profile.Name}
				}
				encoded, err := json.Marshal(&out)
				if err != nil {
					http.Error(w, "cannot encode", http.StatusInternalServerError)
					return
				}
				confirm, err := s.channel.PublishWithDeferredConfirmWithContext(ctx, "", s.queue, true, false,
					amqp.Publishing{
						ContentType: "application/json", DeliveryMode: amqp.Persistent, MessageId: out.ID, Body: encoded,
					})
				if err != nil {
					w.Header().Set("Retry-After", "1")
					http.Error(w, "broker unavailable", http.StatusServiceUnavailable)
					return
				}
				confirms = append(confirms, confirm)
			}
		}
	}
	for _, confirm := range confirms {
		if !confirm.Wait() {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "not confirmed", http.StatusServiceUnavailable)
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain")
	io.WriteString(w, "EVENT_RECEIVED")
}

func main() {
	broker := flag.String("broker", "amqp://guest:guest@127.0.0.1:5672/", "AMQP URL")
	port := flag.Int("port", 0, "loopback port")
	tenant := flag.String("tenant", "bench", "tenant id")
	channelID := flag.String("channel", "bench-whatsapp", "channel id")
	number := flag.String("number", "106540352242922", "phone number id")
	secret := flag.String("secret", "app-secret", "app secret")
	flag.Parse()

	connection, err := amqp.Dial(*broker)
	if err != nil {
		log.Fatal(err)
	}
	channel, err := connection.Channel()
	if err != nil {
		log.Fatal(err)
	}
	if err := channel.Confirm(false); err != nil {
		log.Fatal(err)
	}
	queue := *tenant + ":whatsapp:inbound"
	_, err = channel.QueueDeclare(queue, true, false, false, false,
		amqp.Table{"x-queue-type": "quorum", "x-single-active-consumer": true})
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for returned := range channel.NotifyReturn(make(chan amqp.Return, 16)) {
			log.Printf("returned: %s", returned.ReplyText)
		}
	}()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, &server{*tenant, *channelID, *number, []byte(*secret), queue, channel}))
}
