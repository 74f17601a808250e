using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>One of the measurements that <c>./build.sh bench</c> knows by name.</summary>
internal interface ISuite
{
    /// <summary>Measures, prints its tables as they come and returns them.</summary>
    string Run(Settings settings, Figures figures);
}
