// Writes requests, one JSON text a line from standard input, to Virga's request topic: node send.mjs localhost:9092 < requests.jsonl
import { text } from 'node:stream/consumers'
import kafkajs from 'kafkajs'

const producer = new kafkajs.Kafka({ clientId: 'bulk', brokers: process.argv[2].split(',') }).producer({ idempotent: true })
const lines = (await text(process.stdin)).split('\n').filter((line) => line !== '')
const messages = lines.map((value) => ({ key: /"requestId":"([^"]*)"/.exec(value)?.[1], value }))
await producer.connect()
for (let at = 0; at < messages.length; at += 100)
  await producer.send({ topic: 'virga.requests.v1', messages: messages.slice(at, at + 100) })
await producer.disconnect()
console.log(`${messages.length} requests written`)
