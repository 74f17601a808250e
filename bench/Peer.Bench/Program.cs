using Peers.Bench;
using Peers.Bench.Load;
using Peers.Bench.Servers;
using Peers.Bench.Suites;

var arguments = new Arguments(args);
return args switch
{
    ["serve", var kind, ..] => await ServeCommand.RunAsync(arguments, ClusterNode.Of(kind, arguments)),
    ["load", ..] => LoadCommand.Run(arguments),
    [var suite, ..] => SuiteCommand.Run(suite, arguments, string.Join(' ', args)),
    [] => SuiteCommand.Help(),
};
