using Peers.Bench;
using Peers.Bench.Codec;
using Peers.Bench.Report;
using Peers.Bench.Servers;

var arguments = new Arguments(args);
if (args is ["serve", ..]) return await ServeCommand.RunAsync(arguments, PeerServer.Build);

var figures = new Figures();
CodecRaces.Run("Native AOT", "codec.aot", arguments.Has("--quick"), arguments.Text("--only", "") is { Length: > 0 } only ? only : null, figures);
Console.WriteLine(figures);
return 0;
