[assembly: /*PEER032*/Peers.MessageType<System.Collections.Generic.List<int>>("numbers")/**/]

namespace Mistakes.NoObject;

using System.Collections.Generic;
using Peers;

public sealed partial class Numbers
{
    [OnMessage]
    private static List<int> Add(Peer peer, List<int> numbers)
    {
        peer.Send(numbers);
        return numbers;
    }
}
