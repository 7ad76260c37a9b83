# SPDX-License-Identifier: Apache-2.0
"""Other servers that answer the DynamoDB API, to be compared with. One file each."""
from peers import dynalite, dynamodb_local, dynoxide, moto

PEERS = {peer.name: peer for peer in (dynamodb_local.PEER, dynoxide.PEER, dynoxide.FILE_PEER,
                                      dynalite.PEER, moto.PEER)}
