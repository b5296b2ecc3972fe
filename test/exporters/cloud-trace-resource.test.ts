import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { monitoredResource } from '../../src/exporters/cloud-trace-resource.ts'

const CLUSTER = { 'k8s.cluster.name': 'c', 'cloud.region': 'eu' }
const POD = { ...CLUSTER, 'k8s.namespace.name': 'n', 'k8s.pod.name': 'p' }

describe('the monitored resource of', () => {
  const rows: readonly [
    what: string,
    resource: Record<string, string>,
    type: string,
    labels: Record<string, string>,
  ][] = [
    [
      'a virtual machine',
      { 'cloud.platform': 'gcp_compute_engine', 'cloud.availability_zone': 'eu-a', 'host.id': '7' },
      'gce_instance',
      { zone: 'eu-a', instance_id: '7' },
    ],
    [
      'App Engine',
      {
        'cloud.platform': 'gcp_app_engine',
        'cloud.region': 'eu',
        'faas.name': 'm',
        'faas.version': 'v',
        'faas.instance': 'i',
      },
      'gae_instance',
      { location: 'eu', module_id: 'm', version_id: 'v', instance_id: 'i' },
    ],
    [
      'EC2',
      { 'cloud.platform': 'aws_ec2', 'host.id': '7', 'cloud.availability_zone': 'a', 'cloud.account.id': '1' },
      'aws_ec2_instance',
      { instance_id: '7', region: 'a', aws_account: '1' },
    ],
    [
      'a container',
      { ...POD, 'k8s.container.name': 'x', 'cloud.availability_zone': 'eu-a' },
      'k8s_container',
      { location: 'eu-a', cluster_name: 'c', namespace_name: 'n', pod_name: 'p', container_name: 'x' },
    ],
    ['a pod', POD, 'k8s_pod', { location: 'eu', cluster_name: 'c', namespace_name: 'n', pod_name: 'p' }],
    ['a node', { ...CLUSTER, 'k8s.node.name': 'm' }, 'k8s_node', { location: 'eu', cluster_name: 'c', node_name: 'm' }],
    ['a cluster', CLUSTER, 'k8s_cluster', { location: 'eu', cluster_name: 'c' }],
    [
      'a service with instances',
      { 'service.name': 's', 'service.instance.id': 'i', 'service.namespace': 'n' },
      'generic_task',
      { location: 'global', namespace: 'n', job: 's', task_id: 'i' },
    ],
    [
      'a function elsewhere',
      { 'faas.name': 'f', 'faas.instance': 'i', 'cloud.region': 'eu' },
      'generic_task',
      { location: 'eu', job: 'f', task_id: 'i' },
    ],
    [
      'a process on some machine',
      { 'service.name': 's', 'host.name': 'h' },
      'generic_node',
      { location: 'global', node_id: 'h' },
    ],
    ['nothing known', {}, 'generic_node', { location: 'global' }],
  ]
  for (const [what, resource, type, labels] of rows) {
    test(`${what} is ${type}`, () => {
      const expected = Object.fromEntries(
        Object.entries(labels).map(([label, value]) => [`g.co/r/${type}/${label}`, value]),
      )
      assert.deepEqual(monitoredResource(resource), expected)
    })
  }
})
