package sdk

import (
	"errors"

	"github.com/shardhost/shardhost/abi"
)

// Post is a message from another plugin, or from the same.
type Post struct {
	Topic string
	Data  JSON // as it was published; it may be kept
}

type topicHandler struct {
	handler
	pattern string
	call    func(*Ctx, *Post) error
}

// OnTopic registers a handler for messages of a topic, or of several by a
// pattern in which * stands for one word, at the end for one or more, as
// "levels.*". The configuration must let the plugin subscribe to them: grant bus.
// Each message is handled once, also when the host dies in between; those that
// one lane has published arrive in their order.
func OnTopic(pattern string, fn func(c *Ctx, p *Post) error) {
	plugin.topics = append(plugin.topics, topicHandler{newHandler("OnTopic", 1), pattern, fn})
}

// Publish sends data, as Object says, to the plugins that subscribe to the topic:
// words of lower-case letters, digits, - and _ with dots between them. It leaves
// when the handler has returned nil, and needs the grant bus with the topic.
func (c *Ctx) Publish(topic string, data any) error {
	body, err := appendJSON(nil, data)
	if err != nil {
		return err
	}
	return failed("publish", topic, c.guest.host.Publish(topic, string(body)))
}

// post gives a message to its handlers.
func (g *Guest) post(c *Ctx, f *abi.Frame) error {
	topic := string(f.Name)
	var p *Post
	for _, h := range plugin.topics {
		if !abi.TopicMatches(h.pattern, topic) {
			continue
		}
		if p == nil {
			p = &Post{Topic: topic, Data: JSON(f.Body).Clone()}
		}
		if err := run(h.handler, func() error { return h.call(c, p) }); err != nil {
			return errors.New("topic " + topic + ": " + err.Error())
		}
	}
	return nil
}
