/** Everything of a list, page by page. */
export async function* pages<Answer extends { readonly nextPageToken: string }, Item>(
  ask: (pageToken: string) => Promise<Answer>,
  itemsOf: (answer: Answer) => readonly Item[],
): AsyncGenerator<Item> {
  let pageToken = ''
  do {
    const answer = await ask(pageToken)
    yield* itemsOf(answer)
    pageToken = answer.nextPageToken
  } while (pageToken !== '')
}

/** All that an async iterable gives. */
export async function collect<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = []
  for await (const item of list) items.push(item)
  return items
}
