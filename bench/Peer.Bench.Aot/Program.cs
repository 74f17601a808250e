using Peers.Bench;
using Peers.Bench.Codec;
using Peers.Bench.Report;

var arguments = new Arguments(args);
var figures = new Figures();
CodecRaces.Run("Native AOT", "codec.aot", arguments.Has("--quick"), arguments.Text("--only", "") is { Length: > 0 } only ? only : null, figures);
Console.WriteLine(figures);
