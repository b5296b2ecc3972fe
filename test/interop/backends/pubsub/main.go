// The Pub/Sub server that Google's own tests of its Go client use, in memory: on ADDRESS, with one topic and one subscription.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	server := pstest.NewServerWithAddress(os.Getenv("ADDRESS"))
	ctx := context.Background()
	topic, err := server.GServer.CreateTopic(ctx, &pubsubpb.Topic{Name: os.Getenv("TOPIC")})
	if err != nil {
		log.Fatal(err)
	}
	_, err = server.GServer.CreateSubscription(ctx, &pubsubpb.Subscription{
		Name:               os.Getenv("SUBSCRIPTION"),
		Topic:              topic.Name,
		AckDeadlineSeconds: 10,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("Everything is ready at", server.Addr)
	select {}
}
