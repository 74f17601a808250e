using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Peers.TestKit;

/// <summary>What a service manager or an overloaded machine does to a process.</summary>
internal static class Signals
{
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>Asks it to stop.</summary>
    public static void Terminate(Process process) => Send(process, SigTerm);

    /// <summary>Halts it where it is: its connections stay, and nothing is answered any more.</summary>
    public static void Freeze(Process process) => Send(process, SigStop);

    /// <summary>Lets it go on.</summary>
    public static void Thaw(Process process) => Send(process, SigCont);

    private static void Send(Process process, int signal)
    {
        if (Kill(process.Id, signal) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int id, int signal);
}
