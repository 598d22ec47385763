import sys

import client

client.harm(sys.argv[1])
print("the store is back")
