// Says on its thread's streams how many spans it has got.
export default () => ({
  name: 'talking',
  export({ count }) {
    console.log(`out: ${count}`)
    console.error(`err: ${count}`)
    return { outcome: 'acked' }
  },
})
