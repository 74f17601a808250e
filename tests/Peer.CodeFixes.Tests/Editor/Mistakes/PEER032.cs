using System.Collections.Generic;
using Peers;

[assembly: /*PEER032*/MessageType<List<int>>("numbers")/**/]

namespace Mistakes.NoObject;

public sealed partial class Numbers
{
    [OnMessage]
    private static List<int> Add(Peer peer, List<int> numbers)
    {
        peer.Send(numbers);
        return numbers;
    }
}
